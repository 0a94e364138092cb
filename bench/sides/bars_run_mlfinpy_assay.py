"""Ours."""

from __future__ import annotations

from pathlib import Path

from bench.sides.bars_imbalance_mlfinpy_assay import PACKAGES, answer, work
from bench.sides.bars_tick_assay import Trades, prepared

__all__ = ["PACKAGES", "answer", "prepare", "work"]


def prepare(folder: Path) -> Trades:
    """Read the trades, and compile on them."""
    return prepared(folder, "volume_run")
