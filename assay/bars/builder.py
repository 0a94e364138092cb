"""Bars of a whole history, or of a feed as it comes: the same step either way."""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from assay.bars import row_step, rows
from assay.bars.params import Kind
from assay.bars.periods import whole_ns
from assay.bars.rows import Rows
from assay.bars.step import BAR, CODES, Bars, initial, run
from assay.bars.ticks import Ticks, columns
from assay.errors import DataError
from assay.tables.bars import BARS
from assay.tables.table import TIME
from assay.types import Ints

TOLERANCE = 1e-10
"""Share of a threshold by which a sum may fall short of it: ten sizes of 0.1 fill a bar of 1."""

TICKS_AT_ONCE = 1 << 16


class BarBuilder:
    """Ticks or OHLCV rows in, closed bars out, in pieces of any length.

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

    def push(self, prices: Ticks | Rows, days: Ints) -> Bars:
        """Take in the next ticks or rows, whose session days are ``days``, and return the bars they close.

        Raises
        ------
        DataError
            If rows do not fill the periods of time bars evenly: see ``assay.bars.periods``.
        """
        closed = np.empty(days.size + 1, BAR)
        if isinstance(prices, Rows):
            return closed[: self._push_rows(prices, days, closed)]
        return closed[: self._push_ticks(prices, days, closed)]

    def _push_rows(self, prices: Rows, days: Ints, closed: Bars) -> int:
        code, limit = CODES[self.kind], self._limit()
        return row_step.run(self.state, row_step.prepared(prices, days, code, limit), code, limit, closed)

    def _push_ticks(self, ticks: Ticks, days: Ints, closed: Bars) -> int:
        return run(
            self.state,
            days,
            ticks.time_ns,
            ticks.price,
            ticks.size,
            ticks.side,
            ticks.spread,
            ticks.imbalance,
            CODES[self.kind],
            self._limit(),
            closed,
        )

    def _limit(self) -> float:
        """Return the threshold as the step takes it: whole nanoseconds, or a little less than what fills a bar."""
        if self.kind == "time":
            return float(whole_ns(self.threshold))
        return self.threshold * (1.0 - TOLERANCE)


def build(prices: pl.DataFrame, kind: Kind, threshold: float, days: Ints, symbol: str) -> pl.DataFrame:
    """Return the closed bars of a history.

    Parameters
    ----------
    prices
        Quotes, trades or OHLCV (tables ``QUOTES``, ``TRADES`` and ``OHLCV``), in order of time.
    kind, threshold
        Type of bar and what fills one: seconds, ticks, units, or price times units.
    days
        Session day of each row, shape (n,); rows outside (-1) are left out.
    symbol
        Name of the instrument.

    Returns
    -------
    DataFrame
        Table ``BARS``. The bar that is still open at the end is not in it.

    Raises
    ------
    DataError
        If there is no row, the threshold is not positive, OHLCV rows do not fill the periods of time bars evenly, no
        bar is filled, or a bar breaks a rule of its table.

    Notes
    -----
    AFML 2.3.1: a bar closes with the tick that fills it, and the next one starts from 0. No bar spans a session break:
    what is open there closes with the session's last tick, ``partial``. A time bar holds the ticks of one period,
    counted from 1970-01-01 UTC; that it is over shows with the first tick of a later one, and a period without ticks
    has no bar. The last time bar of a session is ``partial``, since the break may have cut its period.

    OHLCV rows count by their trades (see ``assay.bars.rows``) and are never divided. A time bar of them closes with the
    row that ends its period, or else with the first row of a later one, and is not partial if its period ended. Their
    bars are stamped with the end of the last row, or with the instant from which it was known where that is later; then
    the next bar opens at that instant too.
    """
    if prices.height == 0:
        raise DataError(symbol, "bars need ticks", "none", "fetch a longer range")
    closed = closed_bars(prices, kind, threshold, days)
    if closed.size == 0:
        found = f"{prices.height} {_what(prices)}, {np.count_nonzero(days >= 0)} of them in a session"
        remedy = f"lower bars.types.{kind}, widen the session or fetch a longer range"
        raise DataError(symbol, f"{kind} bars of {threshold:g} need enough ticks to fill one", found, remedy)
    return BARS.check(frame(closed, symbol), f"{symbol}, {kind} bars")


def closed_bars(prices: pl.DataFrame, kind: Kind, threshold: float, days: Ints, *, ended: bool = False) -> Bars:
    """Return the bars of a history, none of them checked: see :func:`build`.

    ``ended`` tells that a later session has begun elsewhere, so that the break closes the bar that is open at the end.
    """
    builder = BarBuilder(kind, threshold)
    pieces = [np.empty(0, BAR)]
    read = rows.columns if "opened_at" in prices.columns else columns
    for start in range(0, prices.height, TICKS_AT_ONCE):
        piece = read(prices.slice(start, TICKS_AT_ONCE))
        pieces.append(builder.push(piece, days[start : start + TICKS_AT_ONCE]).copy())
    if ended and builder.state["n_ticks"][0]:
        builder.state["partial"] = 1
        pieces.append(builder.state)
    return np.concatenate(pieces)


def _what(prices: pl.DataFrame) -> str:
    return "OHLCV rows" if "opened_at" in prices.columns else "ticks"


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
