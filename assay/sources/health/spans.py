"""What each row covers: an instant, or a period; and when the next one is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from numba import njit

from assay.market.calendars import MINUTE_NS
from assay.tables.kinds import PRICES, Kind, clock
from assay.types import Ints

EVENTS: tuple[Kind, ...] = ("liquidations", "actions")
"""Kinds whose rows come when something happens, so that nothing is ever missing between two of them."""
LONGEST_STEP_NS = 210 * MINUTE_NS
"""The shortest session of a stock exchange, 9:30 to 13:00: a day without it is a gap also among daily bars."""


@dataclass(frozen=True)
class Spans:
    """When rows begin and end, ns since 1970-01-01 UTC, shape (n,) each; for what is no period both are one array.

    ``turns`` are the numbers of the rows with which a minute begins, or of all rows that cover a period: a gap ends
    with one of them. ``step_ns`` is the usual time from row to row, of rows that keep one, ``least_ns`` the shortest
    open time without a row that is a gap; 0 where there are none.
    """

    begin_ns: Ints
    end_ns: Ints
    turns: Ints
    step_ns: int
    least_ns: int


def spans(frame: pl.DataFrame, kind: Kind) -> Spans:
    """Return what the rows of a table cover.

    Notes
    -----
    A gap is a minute of quotes or trades, which have no step; among bars a missing bar, or of longer bars 210 open
    minutes; among rows that come at a pace of their own 1.5 times the median step, a minute or more. Events have none.
    """
    begin = instants(frame, clock(kind))
    if kind == "ohlcv":
        return _periods(begin, instants(frame, "closed_at"))
    turns = _turns(begin, MINUTE_NS)
    if kind in PRICES:
        return Spans(begin, begin, turns, 0, MINUTE_NS if begin.size else 0)
    step = int(np.median(np.diff(begin))) if begin.size > 1 else 0
    paced = step > 0 and kind not in EVENTS
    return Spans(begin, begin, turns, step, max(MINUTE_NS, 3 * step // 2) if paced else 0)


def _periods(begin: Ints, end: Ints) -> Spans:
    step = int(np.median(end - begin)) if begin.size > 1 else 0
    return Spans(begin, end, np.arange(begin.size), step, min(step, LONGEST_STEP_NS))


@njit(cache=True, nogil=True)
def _turns(time_ns: Ints, width_ns: int) -> Ints:
    """Return the rows that lie in another period of a width than the row before; times never fall."""
    found, n_found, edge = np.empty(time_ns.size, np.int64), 0, np.iinfo(np.int64).min
    for i in range(time_ns.size):
        if time_ns[i] >= edge:
            found[n_found] = i
            n_found += 1
            edge = (time_ns[i] // width_ns + 1) * width_ns
    return found[:n_found].copy()


class Minutes(NamedTuple):
    """Begin and end of every minute that has rows, ns, and its number of rows; of bars, of every bar. In order."""

    begin_ns: Ints
    end_ns: Ints
    n_rows: Ints


def minutes(covered: Spans) -> Minutes:
    """Return the minutes that have rows; of bars, the bars."""
    begin, n_rows = covered.begin_ns[covered.turns], np.diff(covered.turns, append=covered.begin_ns.size)
    if covered.end_ns is not covered.begin_ns:
        return Minutes(begin, covered.end_ns, n_rows)
    minute = begin // MINUTE_NS * MINUTE_NS
    return Minutes(minute, minute + MINUTE_NS, n_rows)


def runs(values: Ints, n_rows: Ints) -> tuple[Ints, Ints]:
    """Return each value of a list in order, and the sum of what it counts for."""
    first = np.append(0, np.flatnonzero(values[1:] != values[:-1]) + 1)[: values.size]
    return values[first], np.add.reduceat(n_rows, first) if first.size else n_rows


def instants(frame: pl.DataFrame, name: str) -> Ints:
    """Return a column of instants, ns since 1970-01-01 UTC, shape (n,)."""
    return values(frame[name].to_physical())


def values(column: pl.Series) -> np.ndarray:
    """Return a column that is to be read only, of one piece or several: kernels are compiled once."""
    found = column.to_numpy()
    found.flags.writeable = False
    return found
