"""mlfinpy: seq_bootstrap on an indicator matrix, which is made beforehand and not timed."""

import numpy as np
from mlfinpy.sampling.bootstrapping import seq_bootstrap

PACKAGES = ("mlfinpy", "numba", "numpy")


def prepare(folder):
    """Return the matrix, bars times labels."""
    starts, ends = np.load(folder / "starts.npy"), np.load(folder / "ends.npy")
    matrix = np.zeros((ends.max() + 1, starts.size), np.int64)
    for label, (start, end) in enumerate(zip(starts, ends)):  # noqa: B905 - also on old Pythons
        matrix[start : end + 1, label] = 1
    seq_bootstrap(matrix[:, :20], sample_length=2, random_state=np.random.RandomState(1))
    return matrix


def work(matrix):
    """Draw with the random numbers of the input."""
    return seq_bootstrap(matrix, random_state=np.random.RandomState(7))


def answer(result):
    """Return the draws, in order."""
    return {"draws": " ".join(str(int(label)) for label in result)}
