"""Our own tick bars."""

from bench.sides.bars_tick_assay import PACKAGES, prepare, work

__all__ = ["PACKAGES", "prepare", "work"]
