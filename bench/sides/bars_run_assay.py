"""Ours."""

from __future__ import annotations

from pathlib import Path

from bench.sides.bars_tick_assay import PACKAGES, Trades, prepared, work

__all__ = ["PACKAGES", "prepare", "work"]


def prepare(folder: Path) -> Trades:
    """Read the trades, and compile on them."""
    return prepared(folder, "volume_run")
