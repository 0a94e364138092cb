"""finmlkit: average_uniqueness."""

import numpy as np
from finmlkit.label.weights import average_uniqueness

PACKAGES = ("finmlkit", "numba", "numpy")


def prepare(folder):
    """Return times and spans."""
    starts, ends = np.load(folder / "starts.npy"), np.load(folder / "ends.npy")
    work((np.arange(40), starts[:10], ends[:10]))
    return np.arange(starts.size + 40), starts, ends


def work(prepared):
    """Weigh."""
    return average_uniqueness(*prepared)[0]


def answer(result):
    """Return the sum and the least of the weights."""
    return {"sum": float(result.sum()), "least": float(result.min())}
