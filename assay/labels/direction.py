"""Which way was right: the direction label by each of the methods."""

from __future__ import annotations

import numpy as np
import polars as pl

from assay.labels.barriers import SL, TP, VERTICAL
from assay.labels.params import LabelParams
from assay.labels.trend import trends
from assay.types import Floats


def directed(trades: pl.DataFrame, close: Floats, zone: Floats, params: LabelParams) -> pl.DataFrame:
    """Return trades with ``label``, the bar ``end_ordinal`` by whose close all is known, and columns of the method.

    Parameters
    ----------
    trades
        Of :func:`assay.labels.trades.trades`, those with an outcome or without.
    close
        Closes of all bars.
    zone
        Move up to which a fixed horizon's label is 0, price units, of each trade.
    params
        The ``labels`` block.

    Returns
    -------
    pl.DataFrame
        ``end_ordinal`` is -1 where the data end before the outcome of either side, or the trend, is known.

    Notes
    -----
    - Triple barrier: that of a long trade: +1 if its profit barrier ends it, -1 if its stop does, at the vertical
      barrier the sign of its result or 0. Where both barriers lie inside one bar it is 0: a long and a short trade both
      count as stopped there, so neither direction was worth taking.
    - Fixed horizon (AFML 3.2): the sign of what a long trade comes to, 0 within the zone.
    - Trend scanning: the sign of the slope; it looks as far as its longest regression, see :mod:`assay.labels.trend`.
    """
    decided = pl.min_horizontal("long_end", "short_end") >= 0
    found = trades.with_columns(
        pl.when(decided).then(pl.max_horizontal("long_end", "short_end")).otherwise(-1).alias("end_ordinal")
    )
    if params.method == "trend_scanning":
        return _trending(found, close, params)
    if params.method == "fixed_horizon":
        move = pl.col("long_return") * pl.col("entry")
        sign = pl.when(move.abs() > pl.Series(zone)).then(move.sign()).otherwise(0.0)
        return found.with_columns(sign.fill_nan(0.0).cast(pl.Int8).alias("label"))
    return found.with_columns(_touched_first(params.triple_barrier.vertical).alias("label"))


def _trending(trades: pl.DataFrame, close: Floats, params: LabelParams) -> pl.DataFrame:
    scanned, ordinals = params.trend, trades["ordinal"].to_numpy()
    value, n_bars = trends(close, ordinals, scanned.min_bars, scanned.max_bars)
    known = n_bars > 0
    sign = np.where(known & (np.abs(value) >= scanned.min_t_value), np.sign(np.nan_to_num(value)), 0.0)
    looked = pl.Series(np.where(known, ordinals + scanned.max_bars - 1, -1))
    end = pl.when((pl.col("end_ordinal") >= 0) & pl.Series(known)).then(pl.max_horizontal("end_ordinal", looked))
    return trades.with_columns(
        pl.Series("label", sign.astype(np.int8)),
        end.otherwise(-1).alias("end_ordinal"),
        pl.Series("t_value", value),
        pl.Series("trend_bars", n_bars.astype(np.float64)),
    )


def _touched_first(vertical: str) -> pl.Expr:
    reason = pl.col("long_reason")
    timed = pl.col("long_return").sign() if vertical == "sign" else pl.lit(0.0)
    barrier = pl.when(reason == TP).then(1.0).when(reason == SL).then(-1.0)
    return barrier.when(reason == VERTICAL).then(timed).otherwise(0.0).cast(pl.Int8)
