"""Bars of a whole history, or of a feed as it comes: the same step either way."""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from assay.bars.params import Kind
from assay.bars.step import BAR, CODES, Bars, initial, run
from assay.bars.ticks import Ticks, columns
from assay.errors import DataError
from assay.market.zones import SECOND_NS
from assay.tables.bars import BARS
from assay.tables.table import TIME
from assay.types import Ints

LONGEST_NS = 2.0**62
"""A period beyond every date, which whole nanoseconds still hold."""

TOLERANCE = 1e-10
"""Share of a threshold by which a sum may fall short of it: ten sizes of 0.1 fill a bar of 1."""

TICKS_AT_ONCE = 1 << 16


class BarBuilder:
    """Ticks in, closed bars out, in pieces of any length.

    Parameters
    ----------
    kind
        Type of bar: ``time``, ``tick``, ``volume`` or ``dollar``.
    threshold
        What fills a bar: seconds, ticks, units, or price times units.
    state
        The state of another builder of the same bars, to go on from there; None to start anew.

    Attributes
    ----------
    state : Bars
        The bar in the making and the memory of the tick rule, one row of ``assay.bars.step.BAR``.

    Raises
    ------
    DataError
        If the threshold is not a positive, finite number.
    """

    def __init__(self, kind: Kind, threshold: float, state: Bars | None = None) -> None:
        if not (math.isfinite(threshold) and threshold > 0.0):
            raise DataError(f"bars.types.{kind}", "threshold must be positive", threshold, "write a number above 0")
        self.kind = kind
        self.threshold = threshold
        self.state = initial() if state is None else state.copy()

    def push(self, ticks: Ticks, days: Ints) -> Bars:
        """Take in the next ticks, whose session days are ``days``, and return the bars they close."""
        closed = np.empty(days.size + 1, BAR)
        code, limit = CODES[self.kind], self._limit()
        n_closed = run(
            self.state,
            days,
            ticks.time_ns,
            ticks.price,
            ticks.size,
            ticks.side,
            ticks.spread,
            ticks.imbalance,
            code,
            limit,
            closed,
        )
        return closed[:n_closed]

    def _limit(self) -> float:
        """Return the threshold as the step takes it: whole nanoseconds, or a little less than what fills a bar."""
        if self.kind == "time":
            return float(round(min(max(self.threshold * SECOND_NS, 1.0), LONGEST_NS)))
        return self.threshold * (1.0 - TOLERANCE)


def build(ticks: pl.DataFrame, kind: Kind, threshold: float, days: Ints, symbol: str) -> pl.DataFrame:
    """Return the closed bars of a history.

    Parameters
    ----------
    ticks
        Quotes or trades (tables ``QUOTES`` and ``TRADES``), in order of time.
    kind, threshold
        Type of bar and what fills one: seconds, ticks, units, or price times units.
    days
        Session day of each tick, shape (n,); ticks outside (-1) are left out.
    symbol
        Name of the instrument.

    Returns
    -------
    DataFrame
        Table ``BARS``. The bar that is still open at the end is not in it.

    Raises
    ------
    DataError
        If there is no tick, the threshold is not positive, no bar is filled, or a bar breaks a rule of its table.

    Notes
    -----
    AFML 2.3.1: a bar closes with the tick that fills it, and the next one starts from 0. No bar spans a session break:
    what is open there closes with the session's last tick, ``partial``. A time bar holds the ticks of one period,
    counted from 1970-01-01 UTC; that it is over shows with the first tick of a later one, and a period without ticks
    has no bar. The last time bar of a session is ``partial``, since the break may have cut its period.
    """
    if ticks.height == 0:
        raise DataError(symbol, "bars need ticks", "none", "fetch a longer range")
    builder = BarBuilder(kind, threshold)
    pieces = []
    for start in range(0, ticks.height, TICKS_AT_ONCE):
        piece = columns(ticks.slice(start, TICKS_AT_ONCE))
        pieces.append(builder.push(piece, days[start : start + TICKS_AT_ONCE]).copy())
    closed = np.concatenate(pieces)
    if closed.size == 0:
        found = f"{ticks.height} ticks, {np.count_nonzero(days >= 0)} of them in a session"
        remedy = f"lower bars.types.{kind}, widen the session or fetch a longer range"
        raise DataError(symbol, f"{kind} bars of {threshold:g} need enough ticks to fill one", found, remedy)
    return BARS.check(frame(closed, symbol), f"{symbol}, {kind} bars")


def frame(closed: Bars, symbol: str) -> pl.DataFrame:
    """Return closed bars as table ``BARS``, numbered from 0."""
    column = {name: np.ascontiguousarray(closed[name]) for name in BAR.names or ()}
    n_ticks, volume = column["n_ticks"], column["volume"]
    traded = volume > 0.0
    vwap = np.where(traded, column["value"] / np.where(traded, volume, 1.0), column["price_sum"] / n_ticks)
    return pl.DataFrame(
        {
            "symbol": pl.repeat(symbol, closed.size, eager=True),
            "ordinal": np.arange(closed.size),
            "session": pl.Series(column["session"]).cast(pl.Int32).cast(pl.Date),
            "opened_at": pl.Series(column["opened_ns"]).cast(TIME),
            "closed_at": pl.Series(column["closed_ns"]).cast(TIME),
            "open": column["open"],
            "high": column["high"],
            "low": column["low"],
            "close": column["last_price"],
            "volume": volume,
            "buy_volume": column["buy_volume"],
            "sell_volume": column["sell_volume"],
            "value": column["value"],
            "vwap": vwap,
            "n_ticks": n_ticks,
            "n_buys": column["n_buys"],
            "n_sells": column["n_sells"],
            "path": column["path"],
            "largest": column["largest"],
            "spread_open": column["spread_open"],
            "spread_mean": column["spread_sum"] / n_ticks,
            "imbalance": column["imbalance_sum"] / n_ticks,
            "partial": column["partial"] == 1,
        }
    )
