"""Polars: windows over the time, which is known to be sorted."""

import polars as pl
from bars_input import SECONDS
from sides.bars_columns_polars import MORE
from sides.bars_tick_polars import OHLCV, PACKAGES, prepare

__all__ = ["PACKAGES", "answer", "prepare", "work"]


def work(trades):
    made = trades.lazy().group_by_dynamic("time", every=f"{SECONDS:g}s").agg(*OHLCV, **MORE)
    return made.with_columns(vwap=pl.col("value") / pl.col("volume")).collect()


def answer(bars):
    full = bars[:-2]
    return {name: float(full[name].sum()) for name in bars.columns if name not in ("time", "opened_at", "closed_at")}
