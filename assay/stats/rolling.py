"""Rolling statistics whose value depends on the window alone, bit for bit, wherever the series begins or ends.

Every window is summed anew in the order of time; nothing is carried over from the window before, so nothing drifts:
a prefix, or a trailing piece as long as the window, gives the same bits as the whole series. The cost is rows times
window, with the inner loop over neighbouring rows, which a processor does several at a time without changing the
order of any sum.

Rows before the first whole window are NaN, and so is every window that holds a NaN. Mean and deviations are taken
about a value of the window itself, so a constant window has exactly its constant as mean, and exactly 0 as variance.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from assay.types import Flags, Floats, Ints

NEVER = 1 << 40
"""More rows than any series has."""

_BLOCK = 512
_SQUARE, _CUBE = 2, 3


def total(x: Floats, window: int) -> Floats:
    """Return the sum of the last ``window`` values."""
    return _power_sums(x, np.zeros_like(x), window, 1)


def mean(x: Floats, window: int) -> Floats:
    """Return the mean of the last ``window`` values, ``x_t + sum(x_s - x_t) / window``."""
    return x + _power_sums(x, x, window, 1) / window


def std(x: Floats, window: int, ddof: int = 1) -> Floats:
    """Return the standard deviation of the last ``window`` values, in two passes; exactly 0 where they are equal."""
    return np.sqrt(_power_sums(x, mean(x, window), window, 2) / (window - ddof))


def zscore(x: Floats, window: int) -> Floats:
    """Return how many standard deviations (ddof 1) a value is above its window's mean; NaN in a constant window."""
    return ratio(x - mean(x, window), std(x, window))


def skewness(x: Floats, window: int) -> Floats:
    """Return the population skewness ``m3 / m2^(3/2)``, as scipy.stats.skew; NaN in a constant window."""
    centre = mean(x, window)
    second = _power_sums(x, centre, window, 2) / window
    third = _power_sums(x, centre, window, 3) / window
    return ratio(third, second * np.sqrt(second))


def kurtosis(x: Floats, window: int) -> Floats:
    """Return the population excess kurtosis ``m4 / m2^2 - 3``, as scipy.stats.kurtosis; NaN in a constant window."""
    centre = mean(x, window)
    second = _power_sums(x, centre, window, 2) / window
    fourth = _power_sums(x, centre, window, 4) / window
    return ratio(fourth, second * second) - 3.0


def correlation(x: Floats, y: Floats, window: int) -> Floats:
    """Return Pearson's correlation of the last ``window`` pairs; NaN where either side is constant."""
    x_mean, y_mean = mean(x, window), mean(y, window)
    shared = _product_sums(x, x_mean, y, y_mean, window)
    own = np.sqrt(_power_sums(x, x_mean, window, 2)) * np.sqrt(_power_sums(y, y_mean, window, 2))
    return ratio(shared, own)


def highest(x: Floats, window: int) -> Floats:
    """Return the largest of the last ``window`` values."""
    return _highest(x, window)


def lowest(x: Floats, window: int) -> Floats:
    """Return the smallest of the last ``window`` values."""
    return -_highest(-x, window)


def lagged(x: Floats, lag: int) -> Floats:
    """Return the value ``lag`` rows before; NaN where there is none."""
    out = np.full(x.size, np.nan)
    out[lag:] = x[: max(x.size - lag, 0)]
    return out


def change(x: Floats, lag: int = 1) -> Floats:
    """Return ``x_t - x_(t-lag)``; NaN in the first ``lag`` rows."""
    return x - lagged(x, lag)


def ratio(above: Floats, below: Floats) -> Floats:
    """Return ``above / below``; NaN, never an infinity or a 0, where ``below`` is 0."""
    return np.divide(above, below, out=np.full(above.size, np.nan), where=below != 0.0)


def rows_since(event: Flags) -> Ints:
    """Return the rows since an event was last true, 0 in its row; ``NEVER`` or more before the first event."""
    row = np.arange(event.size, dtype=np.int64)
    return row - np.maximum.accumulate(np.where(event, row, -NEVER))


@njit(cache=True)
def _power_sums(x: Floats, centre: Floats, window: int, power: int) -> Floats:
    """Sum ``(x_s - centre_t)^power`` over the window that ends at t; power 1 to 4."""
    out = np.full(x.size, np.nan)
    for first in range(window - 1, x.size, _BLOCK):
        stop = min(first + _BLOCK, x.size)
        sums, about = out[first:stop], centre[first:stop]
        sums[:] = 0.0
        for lag in range(window - 1, -1, -1):
            past = x[first - lag : stop - lag]
            for i in range(past.size):
                d = past[i] - about[i]
                if power == 1:
                    sums[i] += d
                elif power == _SQUARE:
                    sums[i] += d * d
                else:
                    sums[i] += d * d * d if power == _CUBE else (d * d) * (d * d)
    return out


@njit(cache=True)
def _product_sums(x: Floats, x_centre: Floats, y: Floats, y_centre: Floats, window: int) -> Floats:
    """Sum ``(x_s - x_centre_t)(y_s - y_centre_t)`` over the window that ends at t."""
    out = np.full(x.size, np.nan)
    for first in range(window - 1, x.size, _BLOCK):
        stop = min(first + _BLOCK, x.size)
        sums, x_about, y_about = out[first:stop], x_centre[first:stop], y_centre[first:stop]
        sums[:] = 0.0
        for lag in range(window - 1, -1, -1):
            x_past, y_past = x[first - lag : stop - lag], y[first - lag : stop - lag]
            for i in range(x_past.size):
                sums[i] += (x_past[i] - x_about[i]) * (y_past[i] - y_about[i])
    return out


@njit(cache=True)
def _highest(x: Floats, window: int) -> Floats:
    """Find the largest value of the window that ends at t; NaN if one is NaN."""
    out = np.full(x.size, np.nan)
    for first in range(window - 1, x.size, _BLOCK):
        stop = min(first + _BLOCK, x.size)
        top = out[first:stop]
        top[:] = x[first:stop]
        for lag in range(1, window):
            past = x[first - lag : stop - lag]
            for i in range(past.size):
                top[i] = top[i] if top[i] > past[i] or top[i] != top[i] else past[i]
    return out
