"""The equity curve of the tested bars, whole and thinned for a plot."""

from __future__ import annotations

import polars as pl

from assay.backtest.run import Backtest

MOST_POINTS = 2000


def tested(result: Backtest, predictions: pl.DataFrame) -> pl.DataFrame:
    """Return the equity of both books at the tested bars."""
    return result.equity.filter(is_tested(predictions, result.trades))


def is_tested(predictions: pl.DataFrame, trades: pl.DataFrame) -> pl.Expr:
    """Return which bars were tested: those from the first decision to the end of the last decision or trade.

    Bars before it were for training, bars after it were not predicted: neither is a time without a result. It is asked
    of rows with an ``ordinal``; none was tested where nothing was predicted.
    """
    first, last = predictions["ordinal"].min(), pl.concat([predictions["ordinal"], trades["exited"]]).max()
    return pl.col("ordinal").is_between(first, last)


def thinned(equity: pl.DataFrame, n_points: int = MOST_POINTS) -> pl.DataFrame:
    """Return at most ``n_points`` rows for a plot: every k-th bar, counted back from the last.

    Columns are ``bar`` (ordinal), ``time`` (ISO, UTC), ``signals_gross``, ``signals_net`` and ``selected_net``, in
    the currency of the profit.
    """
    signals, selected = (equity.filter(pl.col("book") == book) for book in ("signals", "selected"))
    every = max(-(-signals.height // n_points), 1)
    curves = signals.select(
        pl.col("ordinal").alias("bar"),
        pl.col("closed_at").dt.strftime("%Y-%m-%dT%H:%M:%S").alias("time"),
        pl.col("gross").alias("signals_gross"),
        pl.col("net").alias("signals_net"),
        selected["net"].alias("selected_net"),
    )
    return curves.reverse().gather_every(every).reverse()
