"""Assay, as in the smaller work."""

from bench.sides.sequential_bootstrap_assay import PACKAGES, answer, prepare, work

__all__ = ["PACKAGES", "answer", "prepare", "work"]
