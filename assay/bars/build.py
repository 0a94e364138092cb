"""Bars of a whole history, by the step of a feed."""

from __future__ import annotations

import polars as pl

from assay.bars.bounds import ExpectationParams
from assay.bars.builder import DEFAULT, TICKS_AT_ONCE, BarBuilder, taken
from assay.bars.finished import finished, refuse_nothing
from assay.bars.params import Kind
from assay.bars.state import Bars, chained
from assay.bars.tally import tally
from assay.types import Ints


def build(
    prices: pl.DataFrame,
    kind: Kind,
    threshold: float,
    days: Ints,
    symbol: str,
    expectation: ExpectationParams = DEFAULT,
) -> pl.DataFrame:
    """Return the closed bars of a history.

    Parameters
    ----------
    prices
        Quotes, trades or OHLCV (tables ``QUOTES``, ``TRADES`` and ``OHLCV``), in order of time.
    kind, threshold
        Type of bar and what fills one: see :class:`assay.bars.builder.BarBuilder`.
    days
        Session day of each row, shape (n,); rows outside (-1) are left out.
    symbol
        Name of the instrument.
    expectation
        How imbalance and run bars learn what to expect.

    Returns
    -------
    DataFrame
        Table ``BARS``. The bar that is still open at the end is not in it.

    Raises
    ------
    DataError
        If there is no row, the threshold is not positive, or of ticks not whole, bars that count sizes have none to
        count, no bar is filled, a bar breaks a rule of its table, or :meth:`assay.bars.builder.BarBuilder.push` refuses
        the rows.

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
    given = tally(prices, days)
    refuse_nothing(given, symbol)
    return finished(closed_bars(prices, kind, threshold, days, expectation), kind, threshold, symbol, given)


def closed_bars(
    prices: pl.DataFrame,
    kind: Kind,
    threshold: float,
    days: Ints,
    expectation: ExpectationParams = DEFAULT,
    *,
    ended: bool = False,
) -> Bars:
    """Return the bars of a history, none of them checked: see :func:`build`.

    ``ended`` tells that a later session has begun elsewhere, so that the break closes the bar that is open at the end.
    """
    builder = BarBuilder(kind, threshold, expectation=expectation)
    pieces = []
    for start in range(0, prices.height, TICKS_AT_ONCE):
        piece = taken(prices.slice(start, TICKS_AT_ONCE))
        pieces.append(builder.push(piece, days[start : start + TICKS_AT_ONCE]))
    return chained([*pieces, builder.broken_off()] if ended else pieces)
