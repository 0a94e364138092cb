"""Ours."""

from bench.sides.bars_tick_assay import PACKAGES, answer, prepare, work

__all__ = ["PACKAGES", "answer", "prepare", "work"]
