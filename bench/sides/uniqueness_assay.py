"""Assay: concurrency and average uniqueness."""

import numpy as np

from assay.labels.weights import average_uniqueness, concurrency

PACKAGES = ("numba", "numpy")


def prepare(folder):
    """Return spans and the number of bars."""
    starts, ends = np.load(folder / "starts.npy"), np.load(folder / "ends.npy")
    work((starts[:10], ends[:10], 40))
    return starts, ends, starts.size + 40


def work(prepared):
    """Weigh."""
    starts, ends, n_bars = prepared
    return average_uniqueness(starts, ends, concurrency(starts, ends, n_bars))


def answer(result):
    """Return the sum and the least of the weights."""
    return {"sum": float(result.sum()), "least": float(result.min())}
