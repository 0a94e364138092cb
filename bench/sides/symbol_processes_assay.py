"""Ours: all shares in one process."""

from bench.sides.many_symbols_assay import PACKAGES, answer, prepare, work

__all__ = ["PACKAGES", "answer", "prepare", "work"]
