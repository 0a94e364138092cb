"""Pandas: resampled."""

from bars_input import SECONDS
from sides.bars_tick_pandas import PACKAGES, prepare

__all__ = ["PACKAGES", "answer", "prepare", "work"]


def work(trades):
    bars = trades.resample(f"{SECONDS:g}s")
    return bars["price"].ohlc().assign(volume=bars["size"].sum())


def answer(bars):
    full = bars[:-2]
    return {name: float(full[name].sum()) for name in ("open", "high", "low", "close", "volume")}
