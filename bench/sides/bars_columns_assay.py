"""Ours: the same work as tick bars."""

from __future__ import annotations

import polars as pl

from bench.sides.bars_tick_assay import PACKAGES, prepare, work

__all__ = ["PACKAGES", "answer", "prepare", "work"]

PRICES = ("open", "high", "low", "close", "vwap", "path")
SIZES = ("volume", "buy_volume", "sell_volume", "value", "largest", "n_ticks", "n_buys", "n_sells")


def answer(bars: pl.DataFrame) -> dict[str, float]:
    """Return the sum of each column."""
    return {name: float(bars[name].sum()) for name in PRICES + SIZES}
