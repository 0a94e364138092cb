"""Rows whose prices are off by a known factor, found by the jumps between rows."""

from __future__ import annotations

import math

import numpy as np

from assay.types import Floats, Ints


def jumps(prices: Floats, factor: float, spread: float) -> Ints:
    """Return by how many powers of a factor the prices move from row to row.

    Parameters
    ----------
    prices
        Open, high, low, close: shape (n, 4), positive.
    factor
        What prices may be off by.
    spread
        How far from the factor a move may be and still count, as a ratio.

    Returns
    -------
    Ints
        For each row but the last: 1 where it is `factor` times the next row, -1 where the next is `factor` times it,
        and 0 otherwise. Of the moves of open, high, low and close, the largest and the smallest do not count; shape
        (n - 1,).
    """
    with np.errstate(all="ignore"):  # a move from next to nothing is no number, and none that counts
        moves = np.sort(prices[:-1] / prices[1:], axis=1)[:, 1:3]
    found = np.zeros(len(moves), np.int64)
    for sign, target in ((1, factor), (-1, 1 / factor)):
        found[((moves >= target / spread) & (moves <= target * spread)).all(axis=1)] = sign
    return found


def tolerance(factor: float) -> float:
    """Return how far, as a ratio, a move may be from a factor: its root, or a quarter of its excess over 1."""
    size = max(factor, 1 / factor)
    return min(math.sqrt(size), 1 + (size - 1) / 4)


def levels(steps: Ints, base: int) -> Ints:
    """Return each row's power of the factor relative to the row `base`; shape (n,) for steps of shape (n - 1,)."""
    total = np.concatenate((np.cumsum(steps[::-1])[::-1], np.zeros(1, np.int64)))
    return total - total[base]
