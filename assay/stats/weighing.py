"""Weighted sums of every window of a series, for windows of thousands of weights.

The newest weights are applied one by one; those after them, where they are a sum of decays, by fours: a decaying sum
of 8 neighbours is made of 8 values, one of 32 of four of 8, one of 128 of four of 32, and so on, into the length asked
for. A value is a function of its window alone, bit for bit, wherever the series begins or ends.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from assay.types import Floats

_BLOCK = 16_384
_FIRST = 8


def weighed(x: Floats, weights: Floats) -> Floats:
    """Return ``sum_k weights_k x_(t-k)``, shape (n,); NaN before the first whole window, and of windows with a NaN."""
    return decaying(x, weights, np.empty(0), np.empty(0), 0)


def decaying(x: Floats, weights: Floats, ratios: Floats, amounts: Floats, length: int) -> Floats:
    """Return weighted sums whose older weights are a sum of decays, shape (n,).

    Parameters
    ----------
    x
        The series, shape (n,).
    weights
        Weights of the newest values, lag 0 first, shape (k,).
    ratios, amounts
        The weight of lag ``k + i`` is ``sum_j amounts_j ratios_j^i``.
    length
        How many weights there are after the first k: a multiple of 8.
    """
    out = np.empty(x.size)
    _weigh(np.ascontiguousarray(x), weights, ratios, amounts, length, out)
    return out


@njit(cache=True)
def _weigh(x: Floats, weights: Floats, ratios: Floats, amounts: Floats, length: int, out: Floats) -> None:
    """Weigh one block of rows after another."""
    near, lead = weights.size, weights.size + length - 1
    out[:lead] = np.nan
    part, wide = np.empty(_BLOCK + lead), np.empty(_BLOCK + lead)
    for first in range(lead, x.size, _BLOCK):
        told = out[first : first + _BLOCK]
        told[:] = 0.0
        _add_each(x[first - near + 1 : first + told.size], weights, told)
        older = x[first - lead : first - near + told.size]
        for j in range(ratios.size):
            _add_decay(older, ratios[j], amounts[j], length, told, part, wide)


@njit(cache=True)
def _add_each(x: Floats, w: Floats, told: Floats) -> None:
    """Add weighted values lag by lag, eight lags in one go."""
    lag = 0
    while lag + 8 <= w.size:
        a, b, c, d, e, f, g, h = (
            w[lag],
            w[lag + 1],
            w[lag + 2],
            w[lag + 3],
            w[lag + 4],
            w[lag + 5],
            w[lag + 6],
            w[lag + 7],
        )
        y = x[w.size - lag - 8 :]
        for i in range(told.size):
            newer = (a * y[i + 7] + b * y[i + 6]) + (c * y[i + 5] + d * y[i + 4])
            told[i] += newer + ((e * y[i + 3] + f * y[i + 2]) + (g * y[i + 1] + h * y[i]))
        lag += 8
    for last in range(lag, w.size):
        y = x[w.size - last - 1 :]
        for i in range(told.size):
            told[i] += w[last] * y[i]


@njit(cache=True)
def _add_decay(x: Floats, ratio: float, amount: float, length: int, told: Floats, part: Floats, wide: Floats) -> None:
    """Add one decay; ``part`` has the decaying sums of ``size`` values, by their oldest one."""
    size, power = _FIRST, _eight(x, ratio, part)
    done, weight = 0, amount
    while True:
        for _ in range(length // size % 4):
            piece = part[length - done - size :]
            for i in range(told.size):
                told[i] += weight * piece[i]
            done, weight = done + size, weight * power
        if done == length:
            return
        power = _join(part[: x.size - size + 1], size, power, wide)
        part, wide = wide, part
        size = 4 * size


@njit(cache=True)
def _eight(x: Floats, r: float, part: Floats) -> float:
    """Set the decaying sums of eight values; return the eighth power of the ratio."""
    r2, r3, r4 = r * r, r * r * r, r * r * r * r
    for i in range(x.size - 7):
        newer = (x[i + 7] + r * x[i + 6]) + (r2 * x[i + 5] + r3 * x[i + 4])
        part[i] = newer + r4 * ((x[i + 3] + r * x[i + 2]) + (r2 * x[i + 1] + r3 * x[i]))
    return r4 * r4


@njit(cache=True)
def _join(part: Floats, size: int, power: float, wide: Floats) -> float:
    """Set the decaying sums of four neighbours each; return the fourth power of theirs."""
    square = power * power
    b, c, d = part[size:], part[2 * size :], part[3 * size :]
    for i in range(d.size):
        wide[i] = (d[i] + power * c[i]) + square * (b[i] + power * part[i])
    return square * square
