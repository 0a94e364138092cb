"""Assay, as in the larger work."""

from bench.sides.triple_barrier_assay import PACKAGES, prepare, work

__all__ = ["PACKAGES", "answer", "prepare", "work"]


def answer(result):
    """Return where exits lie."""
    return {"ends": int(result[0].sum())}
