"""Ours: what the stage fetch does for a feed of files."""

from bench.sides.csv_ticks_assay import PACKAGES, answer, prepare, work

__all__ = ["PACKAGES", "answer", "prepare", "work"]
