"""Polars: windows over the time, which is known to be sorted."""

from bars_input import SECONDS
from sides.bars_tick_polars import OHLCV, PACKAGES, prepare

__all__ = ["PACKAGES", "answer", "prepare", "work"]


def work(trades):
    return trades.group_by_dynamic("time", every=f"{SECONDS:g}s").agg(*OHLCV)


def answer(bars):
    full = bars[:-2]
    return {name: float(full[name].sum()) for name in ("open", "high", "low", "close", "volume")}
