"""Continuous futures: contracts joined by a named rule, the roll marked, adjusted as of a date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

import numpy as np
import polars as pl

from assay.errors import DataError
from assay.tables.instants import nanoseconds
from assay.types import Floats, Ints

RollRule: TypeAlias = Literal["days_before_expiry", "volume", "open_interest"]
RollAdjustment: TypeAlias = Literal["none", "difference", "ratio"]

_PRICES = ("open", "high", "low", "close", "vwap")
_SCALED = (*_PRICES, "value", "path", "spread_open", "spread_mean")
"""What is in units of the price, or of the price times a size, and grows with it."""


def front(bars: pl.DataFrame, expiries: Mapping[str, int], rule: RollRule, days_before_expiry: int = 0) -> pl.DataFrame:
    """Return which contract is held in each session.

    Parameters
    ----------
    bars
        Columns ``contract``, ``session`` (Int64, days since 1970-01-01), and for the rule ``volume`` or
        ``open_interest``; any number of rows per contract and session, which are summed (volume) or of which the last
        counts (open interest).
    expiries
        The last session of every contract, days since 1970-01-01. Contracts follow one another in this order.
    rule
        ``days_before_expiry``: the next contract from the first session on that is that many calendar days, or fewer,
        before the expiry of the contract held. ``volume``, ``open_interest``: from the session after the one in which
        the next contract's figure first exceeds that of the contract held; at the latest the session after its expiry.
    days_before_expiry
        For the rule of that name; 0 rolls on the day of expiry itself.

    Returns
    -------
    pl.DataFrame
        ``session``, ``contract``, one row per session of ``bars``, rising. Contracts never go back.

    Raises
    ------
    DataError
        If a contract has no expiry or, where it is held, no row, or the last one has expired before the last session.

    Notes
    -----
    What is held in a session depends on figures of earlier sessions only, so that more data changes no earlier row.
    """
    chain = _chain(bars, expiries)
    sessions = bars["session"].unique().sort().to_numpy()
    ends = np.array([expiries[name] for name in chain], np.int64)
    if rule == "days_before_expiry":
        held = np.searchsorted(ends - days_before_expiry, sessions, side="right")
    else:
        held = _by_figure(_figures(bars, chain, sessions, rule), ends, sessions)
    if held.size and held[-1] >= len(chain):
        found = f"{chain[-1]} is the last, session {_date(sessions[np.argmax(held >= len(chain))])} lies after it"
        raise DataError("contracts", "must reach to the last session", found, "add the next contract")
    _refuse_empty(bars, chain, sessions, held)
    return pl.DataFrame(
        {"session": sessions, "contract": [chain[i] for i in held]}, schema={"session": pl.Int64, "contract": pl.String}
    )


def continuous(bars: pl.DataFrame, held: pl.DataFrame, adjustment: RollAdjustment, as_of_ns: int) -> pl.DataFrame:
    """Return one series of the contracts held, the rolls marked.

    Parameters
    ----------
    bars
        Rows of all contracts: ``contract``, ``session``, ``opened_at``, ``open``, ``high``, ``low``, ``close`` and any
        other columns.
    held
        The contract of each session, as ``front`` returns it.
    adjustment
        What is done to prices before a roll. ``none``: they are as traded, and the return into the roll mixes two
        contracts. ``difference``: the new contract's close less the old one's is added, so that changes in points are
        those of a holder; levels, returns and even signs of old prices are not. ``ratio``: they are multiplied by the
        new close over the old, so that returns are those of a holder; changes in points are not.
    as_of_ns
        Rolls whose first row opens at or before this instant, ns since 1970-01-01 UTC, are adjusted for; adjusting uses
        what came later, so a study of an earlier date must be given that date.

    Returns
    -------
    pl.DataFrame
        Rows of the held contracts in order of ``opened_at``, ``bars``'s columns, and ``rolled``: true in the first row
        of a new contract; ``step``: what this roll added to, or multiplied, the prices before it, null where nothing.

    Raises
    ------
    DataError
        If two contracts have no session in common before their roll, or a ratio is not positive.

    Notes
    -----
    Both closes are the last ones of the last session before the roll in which both contracts have rows: known when
    the roll is made. Adjustments add up (multiply) backward from the last roll. Where there are columns of these names,
    ``vwap`` is a price like the others, ``value`` moves with price times volume, and paths and spreads, which are
    differences of prices, move with a ratio only.
    """
    series = bars.join(held, on=["session", "contract"], how="semi").sort("opened_at", maintain_order=True)
    changed = (pl.col("contract") != pl.col("contract").shift(1)).fill_null(value=False)
    series = series.with_columns(changed.alias("rolled"), pl.lit(None, pl.Float64).alias("step"))
    rows = np.flatnonzero(series["rolled"].to_numpy())
    rows = rows[nanoseconds(series, "opened_at")[rows] <= as_of_ns]
    if adjustment == "none" or not rows.size:
        return series
    steps = np.array([_step(bars, series, int(row), adjustment) for row in rows])
    series = series.with_columns(series["step"].scatter(rows, steps))
    after = np.searchsorted(rows, np.arange(series.height), side="right")
    return _moved(series, pl.lit(pl.Series(_backward(steps, adjustment)[after])), adjustment)


def _moved(series: pl.DataFrame, total: pl.Expr, adjustment: RollAdjustment) -> pl.DataFrame:
    """Return rows whose prices were raised, or multiplied, by a total of each."""
    if adjustment == "ratio":
        return series.with_columns(pl.col([name for name in _SCALED if name in series.columns]) * total)
    moved = [pl.col([name for name in _PRICES if name in series.columns]) + total]
    if "value" in series.columns:
        moved.append(pl.col("value") + total * pl.col("volume"))
    return series.with_columns(moved)


def _chain(bars: pl.DataFrame, expiries: Mapping[str, int]) -> Sequence[str]:
    """Return the contracts in order of their expiry."""
    missing = sorted(set(bars["contract"].unique()) - set(expiries))
    if missing:
        raise DataError("contracts", "must have an expiry each", f"none for {', '.join(missing)}", "add it")
    return sorted(expiries, key=lambda name: (expiries[name], name))


def _refuse_empty(bars: pl.DataFrame, chain: Sequence[str], sessions: Ints, held: Ints) -> None:
    """Refuse to hold a contract without a row: its sessions would be empty."""
    known = set(bars["contract"].unique())
    empty = [(chain[i], sessions[held == i]) for i in np.unique(held) if chain[i] not in known]
    if empty:
        (name, days), *_ = empty
        found = f"none of {name}, which is held in {days.size} sessions from {_date(days[0])} on"
        raise DataError("contracts", "must have rows where they are held", found, "fetch it, or take it out")


def _figures(bars: pl.DataFrame, chain: Sequence[str], sessions: Ints, rule: str) -> Floats:
    """Return a rule's figure by session and contract, shape (sessions, contracts); 0 where there is no row."""
    figure = pl.col(rule).sum() if rule == "volume" else pl.col(rule).last()
    by_day = bars.group_by("session", "contract", maintain_order=True).agg(figure)
    table = np.zeros((sessions.size, len(chain)))
    place = {name: i for i, name in enumerate(chain)}
    columns = [place[name] for name in by_day["contract"]]
    table[np.searchsorted(sessions, by_day["session"].to_numpy()), columns] = by_day[rule].to_numpy()
    return table


def _by_figure(figures: Floats, ends: Ints, sessions: Ints) -> Ints:
    """Return the place of the contract held in each session."""
    held = np.empty(sessions.size, np.int64)
    place = 0
    for i, session in enumerate(sessions):
        if i and place + 1 < ends.size and figures[i - 1, place + 1] > figures[i - 1, place]:
            place += 1
        place = max(place, int(np.searchsorted(ends, session, side="left")))
        held[i] = place
    return held


def _step(bars: pl.DataFrame, series: pl.DataFrame, row: int, adjustment: RollAdjustment) -> float:
    """Return what a roll adds to, or multiplies, the prices before it."""
    (old, new), session = series["contract"][row - 1 : row + 1], series["session"][row]
    closes = [
        bars.filter(pl.col("contract") == name, pl.col("session") < session)
        .sort("opened_at", maintain_order=True)
        .group_by("session")
        .agg(pl.col("close").last().alias(side))
        for name, side in ((old, "old"), (new, "new"))
    ]
    both = closes[0].join(closes[1], on="session").sort("session")
    if not both.height:
        found = f"{old} and {new} share none before session {_date(session)}"
        raise DataError("roll", "needs a session in which both contracts have rows", found, "add rows, or set none")
    before, after = both["old"][-1], both["new"][-1]
    if adjustment == "difference":
        return float(after - before)
    if min(before, after) <= 0:
        raise DataError(
            f"roll {old} to {new}", "a ratio needs positive prices", (before, after), "set the adjustment to difference"
        )
    return float(after / before)


def _backward(steps: Floats, adjustment: RollAdjustment) -> Floats:
    """Return the sums or products of each step and all after it, shape (n + 1,)."""
    if adjustment == "difference":
        return np.concatenate((np.cumsum(steps[::-1])[::-1], [0.0]))
    return np.concatenate((np.cumprod(steps[::-1])[::-1], [1.0]))


def _date(session: int | np.integer) -> np.datetime64:
    return np.datetime64(int(session), "D")
