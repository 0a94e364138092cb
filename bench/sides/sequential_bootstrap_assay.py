"""Assay: sequential_bootstrap, as many draws as labels."""

import numpy as np

from assay.labels.bootstrap import sequential_bootstrap

PACKAGES = ("numba", "numpy")


def prepare(folder):
    """Return spans and random numbers."""
    prepared = tuple(np.load(folder / f"{name}.npy") for name in ("starts", "ends", "uniform"))
    sequential_bootstrap(*(column[:20] for column in prepared))
    return prepared


def work(prepared):
    """Draw."""
    return sequential_bootstrap(*prepared)


def answer(result):
    """Return the draws, in order."""
    return {"draws": " ".join(map(str, result[:1000].tolist()))}
