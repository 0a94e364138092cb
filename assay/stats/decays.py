"""A smooth tail of weights as a sum of decays, ``sum_j a_j r_j^i``: what makes long windows cheap."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from assay.stats import elementary
from assay.stats.merging import Table
from assay.types import Floats

CLOSE = 1e-10
"""Sum of the differences between weights and decays."""
_SLOWEST, _FASTEST = 0.15, 12.0
_FEWEST, _MOST = 8, 24


def fitted(weights: Floats, start: int) -> tuple[Floats, Floats] | None:
    """Return ratios and amounts of the decays that make up the weights from a lag on.

    Parameters
    ----------
    weights
        Weights by lag, shape (n,), smooth from ``start`` on.
    start
        The first lag to fit.

    Returns
    -------
    tuple[Floats, Floats] | None
        ``r`` and ``a``, shape (m,) each, such that ``a . r^i`` is the weight of lag ``start + i``, with an absolute
        error that sums to at most ``CLOSE``; m as small as is found, 8 to 24. None where 24 are not enough.

    Notes
    -----
    Completely monotone weights are mixtures of decays (Bernstein 1929), and few are enough to come near (Beylkin,
    Monzon 2005). Here the rates are set, ``c sinh(h j)^2`` from 0.15 over the number of weights to 12 over ``start``:
    even steps for the slowest and even ratios for the fastest; the amounts are the least-squares solution.
    """
    tail = weights[start:]
    for n in range(_FEWEST, _MOST + 1):
        rates = _spread(_SLOWEST / tail.size, _FASTEST / start, n)
        powers = np.array([elementary.exp(-rate * np.arange(tail.size)) for rate in rates])
        amounts = _least_squares(powers.copy(), tail.copy())
        if np.abs((amounts[:, None] * powers).sum(axis=0) - tail).sum() <= CLOSE:
            return elementary.exp(-rates), amounts
    return None


def _spread(lowest: float, highest: float, n: int) -> Floats:
    """Return ``lowest sinh(h j)^2 / sinh(h)^2``, j = 1 to n, with the h that makes the last one ``highest``."""
    aim, low, high = math.sqrt(highest / lowest), 0.0, 10.0
    for _ in range(60):
        h = (low + high) / 2.0
        low, high = (low, h) if math.sinh(h * n) / math.sinh(h) > aim else (h, high)
    steps = np.array([math.sinh(high * j) / math.sinh(high) for j in range(1, n + 1)])
    return lowest * steps * steps


@njit(cache=True)
def _least_squares(rows: Table, aim: Floats) -> Floats:
    """Return the amounts of rows whose sum comes nearest to an aim; both are used up.

    Modified Gram-Schmidt with the aim as a last column, which is as stable as Householder's way (Bjorck 1967).
    """
    n = rows.shape[0]
    triangle, amounts = np.zeros((n, n)), np.zeros(n)
    for j in range(n):
        triangle[j, j] = math.sqrt(_product(rows[j], rows[j]))
        rows[j] /= triangle[j, j]
        for k in range(j + 1, n):
            triangle[j, k] = _product(rows[j], rows[k])
            rows[k] -= triangle[j, k] * rows[j]
        amounts[j] = _product(rows[j], aim)
        aim -= amounts[j] * rows[j]
    for j in range(n - 1, -1, -1):
        amounts[j] = (amounts[j] - _product(triangle[j, j + 1 :], amounts[j + 1 :])) / triangle[j, j]
    return amounts


@njit(cache=True)
def _product(x: Floats, y: Floats) -> float:
    total = 0.0
    for i in range(x.size):
        total += x[i] * y[i]
    return total
