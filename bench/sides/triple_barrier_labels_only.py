"""vectorbt: the breakout labels, +1 or -1 for the barrier that is touched first, and nothing of when and at what."""

import numpy as np
from vectorbt.labels.nb import breakout_labels_nb

PACKAGES = ("vectorbt", "numba", "numpy")
HORIZON = 100


def prepare(folder):
    """Return closes and thresholds as columns."""
    close, width = np.load(folder / "close.npy"), np.load(folder / "width.npy")
    prepared = close[:, None].copy(), (width / close)[:, None].copy()
    work(tuple(column[:500].copy() for column in prepared))
    return prepared


def work(prepared):
    """Label."""
    close, threshold = prepared
    return breakout_labels_nb(close, HORIZON, threshold, threshold)


def answer(result):
    """Return the signs of the events."""
    labels = result[: len(result) - HORIZON]
    return {"profits": int((labels == 1).sum()), "losses": int((labels == -1).sum())}
