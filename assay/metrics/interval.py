"""The interval of a mean whose observations depend on one another."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from scipy.special import stdtr, stdtrit

from assay.types import Floats


@dataclass(frozen=True)
class Interval:
    """A mean and how well it is known.

    Parameters
    ----------
    mean, low, high
        The mean and its interval, in the unit of the observations.
    standard_error
        Of the mean.
    t, p_value
        The mean over its standard error, and the two-sided probability of one at least as large if the true mean is 0.
    n
        Number of observations.
    n_effective
        Independent observations that would know the mean as well; at most n.
    lag
        Largest distance at which observations were taken to depend on one another.
    """

    mean: float
    low: float
    high: float
    standard_error: float
    t: float
    p_value: float
    n: int
    n_effective: float
    lag: int


def hac_mean(x: Floats, confidence: float = 0.95, lag: int | None = None) -> Interval | None:
    """Return the mean with an interval that holds under autocorrelation and changing variance.

    Parameters
    ----------
    x
        Observations in order, shape (n,), finite.
    confidence
        Of the two-sided interval, by Student's t with n - 1 degrees of freedom.
    lag
        Largest lag of the Bartlett kernel, at most n - 1; None lets :func:`automatic_lag` choose. Labels that overlap
        for h bars need at least h - 1.

    Returns
    -------
    Interval or None
        None for fewer than two observations, or where neither they nor their sums over the lags vary.

    Notes
    -----
    Newey and West (1987): the variance of the mean is ``(g0 + 2 Σ (1 - k / (L + 1)) gk) / n`` over the lags k = 1..L,
    with autocovariances divided by n; times n / (n - 1), so that lag 0 is the usual standard error.
    """
    n = x.size
    if n < 2 or np.ptp(x) == 0:  # noqa: PLR2004 - a deviation needs two
        return None
    chosen = automatic_lag(x) if lag is None else min(lag, n - 1)
    mean, covariances = float(x.mean()), autocovariances(x, chosen)
    weights = 1 - np.arange(1, chosen + 1) / (chosen + 1)
    variance = float(covariances[0] + 2 * (weights * covariances[1:]).sum())
    if variance <= 0:
        return None
    error = math.sqrt(variance / (n - 1))
    t = mean / error
    reach = float(stdtrit(n - 1, (1 + confidence) / 2)) * error
    p_value = 2 * float(stdtr(n - 1, -abs(t)))
    n_effective = n * min(1.0, float(covariances[0]) / variance)
    return Interval(mean, mean - reach, mean + reach, error, t, p_value, n, n_effective, chosen)


def automatic_lag(x: Floats) -> int:
    r"""Return the lag that Newey and West (1994), "Automatic Lag Selection", choose for the Bartlett kernel.

    Notes
    -----
    With :math:`m = \lfloor 4 (n/100)^{2/9} \rfloor`, :math:`s_0 = g_0 + 2 \sum_1^m g_k` and
    :math:`s_1 = 2 \sum_1^m k g_k`:
    :math:`L = \lfloor 1.1447 ((s_1 / s_0)^2 n)^{1/3} \rfloor`, at most n - 1, and m where :math:`s_0` is not positive.
    """
    n = x.size
    m = min(int(4 * _power(n / 100, 2 / 9)), n - 1)
    g = autocovariances(x, m)
    steps = np.arange(1, m + 1)
    s0, s1 = float(g[0] + 2 * g[1:].sum()), float(2 * (steps * g[1:]).sum())
    if s0 <= 0:
        return m
    return int(min(1.1447 * _power(s1 / s0 * (s1 / s0) * n, 1 / 3), n - 1))


@njit(cache=True)
def autocovariances(x: Floats, n_lags: int) -> Floats:
    """Return the autocovariances at lags 0..``n_lags``, each divided by n, shape (n_lags + 1,)."""
    centred = x - x.mean()
    out = np.zeros(n_lags + 1)
    for k in range(n_lags + 1):
        for t in range(k, x.size):
            out[k] += centred[t] * centred[t - k]
    return out / x.size


def _power(x: float, exponent: float) -> float:
    return math.exp(exponent * math.log(x)) if x > 0 else 0.0
