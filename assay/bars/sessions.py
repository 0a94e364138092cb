"""The trading day of every row: of a tick by its instant, of an OHLCV row by the session it mostly lies in."""

from __future__ import annotations

import numpy as np
import polars as pl

from assay.errors import DataError
from assay.market.sessions import OUTSIDE, Hours, borders, days
from assay.market.zones import SECOND_NS
from assay.tables.instants import nanoseconds
from assay.types import Flags, Ints

N_INSTANTS = 24
"""Instants, evenly over a row, by which a row that crosses a border of sessions is judged."""

SHORTEST_NS = 3_600 * SECOND_NS
"""A session is at least as long: a shorter row that begins and ends outside holds none."""


def row_days(prices: pl.DataFrame, hours: Hours) -> Ints:
    """Return the session day of each row.

    Parameters
    ----------
    prices
        Quotes, trades or OHLCV.
    hours
        The hours of the market.

    Returns
    -------
    Ints
        Days from 1970-01-01 to the date of the session, shape (n,); -1 outside every session.

    Raises
    ------
    DataError
        If a row is older than 1970: its day would pass for one outside every session; or if times of ticks go back.

    Notes
    -----
    An OHLCV row that begins and ends in one session belongs to it. Any other, such as a row of a day, belongs to the
    session that holds most of 24 instants spread evenly over it, the earlier one of two that hold as many; to none if
    none is in a session. It is taken whole: what it tells of the time outside cannot be told apart.
    """
    clock = "opened_at" if "opened_at" in prices.columns else "time"
    _refuse_older(nanoseconds(prices, clock))
    if clock == "time":
        return _tick_days(nanoseconds(prices, clock), hours)
    found, last = _ends(prices, hours)
    long = nanoseconds(prices, "closed_at") - nanoseconds(prices, "opened_at") >= SHORTEST_NS
    judged = np.flatnonzero((found != last) | ((found < 0) & long))
    if judged.size:
        found[judged] = _most(prices[judged], hours)
    return found


def _tick_days(time_ns: Ints, hours: Hours) -> Ints:
    """Return the session day of each instant, given in order: one look at each border of sessions, none at a tick."""
    if not time_ns.size:
        return time_ns.copy()
    _refuse_unordered(time_ns)
    begins_ns = borders(int(time_ns[0]), int(time_ns[-1]), hours)
    edges = np.append(np.searchsorted(time_ns, begins_ns), time_ns.size)
    found = np.empty_like(time_ns)
    for day, begin, end in zip(days(begins_ns, hours), edges[:-1], edges[1:], strict=True):
        found[begin:end] = day
    return found


def crossing(prices: pl.DataFrame, hours: Hours, found: Ints) -> Flags:
    """Tell which OHLCV rows belong to a session, ``found``, and reach over a border of it, shape (n,)."""
    first, last = _ends(prices, hours)
    return (found >= 0) & ((first != found) | (last != found))


def _refuse_older(time_ns: Ints) -> None:
    """Refuse instants before 1970, given in order."""
    n_older = int(np.searchsorted(time_ns, 0))
    if n_older:
        raise DataError("bars", "rows lie in 1970 or later", f"{n_older} older ones", "set data.start to 1970-01-01")


def _refuse_unordered(time_ns: Ints) -> None:
    """Refuse ticks whose times go back: borders of sessions cannot be looked up in them."""
    back = time_ns[1:] < time_ns[:-1]
    if back.any():
        before, late = time_ns[int(np.argmax(back)) :][:2].view("M8[ns]")
        rule, remedy = "ticks and rows come in order of time", "sort them before bars are made"
        raise DataError("bars", rule, f"{late} after {before}", remedy)


def _ends(prices: pl.DataFrame, hours: Hours) -> tuple[Ints, Ints]:
    """Return the session days of the first and the last instant of each row."""
    return days(nanoseconds(prices, "opened_at"), hours), days(nanoseconds(prices, "closed_at") - 1, hours)


def _most(prices: pl.DataFrame, hours: Hours) -> Ints:
    opened_ns = nanoseconds(prices, "opened_at")
    step_ns = (nanoseconds(prices, "closed_at") - opened_ns) / (2 * N_INSTANTS)
    odd = 2 * np.arange(N_INSTANTS)[:, None] + 1
    instants = opened_ns + (odd * step_ns).astype(np.int64)
    found = days(instants.ravel(), hours).reshape(instants.shape)
    best, most = np.full(opened_ns.size, OUTSIDE, np.int64), np.zeros(opened_ns.size, np.int64)
    for candidate in found:
        held = np.count_nonzero(found == candidate, axis=0)
        better = (candidate >= 0) & (held > most)
        best, most = np.where(better, candidate, best), np.where(better, held, most)
    return best
