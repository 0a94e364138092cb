"""Ours: the same work as time bars."""

from __future__ import annotations

import polars as pl

from bench.sides.bars_columns_assay import PRICES, SIZES
from bench.sides.bars_time_assay import PACKAGES, prepare, work

__all__ = ["PACKAGES", "answer", "prepare", "work"]


def answer(bars: pl.DataFrame) -> dict[str, float]:
    """Return the sum of each column, over the bars that are full on every side: the last one is open for us."""
    full = bars.head(bars.height - 1)
    return {name: float(full[name].sum()) for name in PRICES + SIZES}
