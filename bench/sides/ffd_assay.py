"""Ours."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from assay.stats.fractional import difference, weights
from assay.types import Floats

PACKAGES = ("numba",)
ORDER, THRESHOLD = 0.4, 1e-5


def prepare(folder: Path) -> Floats:
    """Read the input; split the weights and compile."""
    x = np.load(folder / "log_price.npy")
    difference(x[:5_000], ORDER, THRESHOLD)
    return x


def work(x: Floats) -> Floats:
    """Return the differences."""
    return difference(x, ORDER, THRESHOLD)


def answer(found: Floats) -> dict[str, float]:
    """Return how many there are, the last and a sum of squares."""
    known = found[weights(ORDER, THRESHOLD).size - 1 :]
    return {"n": int(known.size), "last": float(known[-1]), "squares": float((known * known).sum())}
