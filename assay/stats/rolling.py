"""Rolling statistics whose value depends on the window alone, bit for bit, wherever the series begins or ends.

Nothing is carried over from the window before, so nothing drifts: a prefix, or a trailing piece as long as the window,
gives the same bits as the whole series. The cost is rows times log2(window): see ``assay.stats.doubling``.

Rows before the first whole window are NaN, and so is every window that holds a NaN. Sums of squares are of deviations,
never differences of large numbers, so a constant window has exactly its constant as mean, and exactly 0 as variance.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from assay.stats import doubling
from assay.stats.doubling import windows
from assay.stats.folding import HIGHEST, LOWEST, MEAN, ROOT_MEAN, SUM, folded, folded_each
from assay.types import Flags, Floats

NEVER = 1 << 40
"""More rows than any series has."""


def total(x: Floats, window: int) -> Floats:
    """Return the sum of the last ``window`` values; exact where every sum of them is."""
    return folded(SUM, window, x)


def average(x: Floats, window: int) -> Floats:
    """Return the sum of the last ``window`` values over their number; the nearest there is where sums are exact."""
    return folded(MEAN, window, x)


def averages(x: Floats, windows: tuple[int, ...]) -> Floats:
    """Return averages over windows of several lengths, made in one go, shape (k, n)."""
    return folded_each(MEAN, windows, x)


def mean(x: Floats, window: int) -> Floats:
    """Return the mean of the last ``window`` values; of a constant window exactly the constant."""
    return windows(doubling.MEAN, window, x)


def variance(x: Floats, window: int, ddof: int = 1) -> Floats:
    """Return the variance of the last ``window`` values; exactly 0 where they are equal."""
    return windows(doubling.VARIANCE, window, x, ddof=ddof)


def std(x: Floats, window: int, ddof: int = 1) -> Floats:
    """Return the standard deviation of the last ``window`` values; exactly 0 where they are equal."""
    return windows(doubling.DEVIATION, window, x, ddof=ddof)


def zscore(x: Floats, window: int) -> Floats:
    """Return how many standard deviations (ddof 1) a value is above its window's mean; NaN in a constant window."""
    return ratio(x - average(x, window), std(x, window))


def skewness(x: Floats, window: int) -> Floats:
    """Return the population skewness ``m3 / m2^(3/2)``, as scipy.stats.skew; NaN in a constant window."""
    return windows(doubling.SKEWNESS, window, x)


def kurtosis(x: Floats, window: int) -> Floats:
    """Return the population excess kurtosis ``m4 / m2^2 - 3``, as scipy.stats.kurtosis; NaN in a constant window."""
    return windows(doubling.KURTOSIS, window, x) - 3.0


def covariance(x: Floats, y: Floats, window: int, ddof: int = 1) -> Floats:
    """Return the covariance of the last ``window`` pairs; exactly 0 where either side is constant."""
    return windows(doubling.COVARIANCE, window, x, y, ddof=ddof)


def correlation(x: Floats, y: Floats, window: int) -> Floats:
    """Return Pearson's correlation of the last ``window`` pairs; NaN where either side is constant."""
    return windows(doubling.CORRELATION, window, x, y)


def beta(x: Floats, y: Floats, window: int) -> Floats:
    """Return the least-squares slope of the last ``window`` values of y on those of x; NaN where x is constant."""
    return windows(doubling.SLOPE, window, x, y)


def root_mean(x: Floats, window: int) -> Floats:
    """Return the square root of the mean of the last ``window`` values, none of them below 0."""
    return folded(ROOT_MEAN, window, x)


def root_means(x: Floats, windows: tuple[int, ...]) -> Floats:
    """Return root means of windows of several lengths, made in one go, shape (k, n)."""
    return folded_each(ROOT_MEAN, windows, x)


def highest(x: Floats, window: int) -> Floats:
    """Return the largest of the last ``window`` values."""
    return folded(HIGHEST, window, x)


def lowest(x: Floats, window: int) -> Floats:
    """Return the smallest of the last ``window`` values."""
    return folded(LOWEST, window, x)


def place(x: Floats, bottom: Floats, top: Floats) -> Floats:
    """Return where values lie between two others, 0 at the bottom and 1 at the top; NaN where those are equal."""
    out = np.empty(x.size)
    _place(x, bottom, top, out)
    return out


def lagged(x: Floats, lag: int) -> Floats:
    """Return the value ``lag`` rows before; NaN where there is none."""
    out = np.empty(x.size)
    out[:lag], out[lag:] = np.nan, x[: max(x.size - lag, 0)]
    return out


def change(x: Floats, lag: int = 1) -> Floats:
    """Return ``x_t - x_(t-lag)``; NaN in the first ``lag`` rows."""
    out = np.empty(x.size)
    out[:lag] = np.nan
    if lag < x.size:
        np.subtract(x[lag:], x[:-lag], out=out[lag:])
    return out


def growth(x: Floats, lag: int = 1) -> Floats:
    """Return ``(x_t - x_(t-lag)) / x_(t-lag)``, for positive values; NaN in the first ``lag`` rows."""
    out = np.empty(x.size)
    out[:lag] = np.nan
    _grow(x[lag:], x, out[lag:])
    return out


def direction(x: Floats) -> Floats:
    """Return the sign of ``x_t - x_(t-1)``: -1, 0 or 1; NaN in the first row."""
    out = np.empty(x.size)
    out[:1] = np.nan
    _point(x[1:], x, out[1:])
    return out


def ratio(above: Floats, below: Floats) -> Floats:
    """Return ``above / below``; NaN, never an infinity or a 0, where ``below`` is 0."""
    out = np.empty(above.size)
    _divide(above, below, out)
    return out


def excess(x: Floats, y: Floats) -> Floats:
    """Return ``x / y - 1``, of values above 0."""
    out = np.empty(x.size)
    _exceed(x, y, out)
    return out


def moving(values: Floats, moved: Flags, lookback: int) -> Floats:
    """Return values where something moved between two rows of their look-back; NaN elsewhere."""
    out = np.empty(values.size)
    _leave(values, moved, lookback, out)
    return out


@njit(cache=True, error_model="numpy")
def _place(x: Floats, bottom: Floats, top: Floats, out: Floats) -> None:
    for i in range(out.size):
        out[i] = (x[i] - bottom[i]) / (top[i] - bottom[i]) if top[i] != bottom[i] else np.nan


@njit(cache=True, error_model="numpy")
def _grow(x: Floats, before: Floats, out: Floats) -> None:
    for i in range(out.size):
        out[i] = (x[i] - before[i]) / before[i]


@njit(cache=True, error_model="numpy")
def _exceed(x: Floats, y: Floats, out: Floats) -> None:
    for i in range(out.size):
        out[i] = x[i] / y[i] - 1.0


@njit(cache=True)
def _point(x: Floats, before: Floats, out: Floats) -> None:
    for i in range(out.size):
        step = x[i] - before[i]
        out[i] = 1.0 if step > 0.0 else -1.0 if step < 0.0 else step


@njit(cache=True, error_model="numpy")
def _divide(above: Floats, below: Floats, out: Floats) -> None:
    for i in range(out.size):
        out[i] = above[i] / below[i] if below[i] != 0.0 else np.nan


@njit(cache=True)
def _leave(values: Floats, moved: Flags, lookback: int, out: Floats) -> None:
    since = NEVER
    for i in range(out.size):
        since = 0 if moved[i] else since + 1
        out[i] = values[i] if since < lookback - 1 else np.nan
