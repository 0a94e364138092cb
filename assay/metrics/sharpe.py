"""The Sharpe ratio and how far it can be trusted: PSR, DSR, the shortest track record, the trials it survives.

Every ratio in here is per period: divide an annual one by the root of the periods in a year. Kurtosis is raw: 3 for the
normal distribution.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from assay.types import Floats

EULER = 0.57721566490153286
MIN_DAYS = 60
"""Results of fewer days than this are never annualised."""
SMALLEST_RANGE, LARGEST_RANGE = 1e-60, 1e60
MOST_TRIALS = 10**12


@dataclass(frozen=True)
class Sharpe:
    """A Sharpe ratio per period, with what its standard error needs.

    Parameters
    ----------
    per_period
        Mean over standard deviation (ddof 1) of the returns of one period.
    n
        Number of returns; with autocorrelated or overlapping ones their effective number.
    skewness, kurtosis
        Of the returns, biased (divided by n); kurtosis raw.
    """

    per_period: float
    n: float
    skewness: float = 0.0
    kurtosis: float = 3.0

    @classmethod
    def of(cls, returns: Floats) -> Sharpe:
        """Estimate it from returns of equal periods, shape (n,); NaN unless they vary by 1e-60 to 1e60."""
        n = returns.size
        if n < 2 or not SMALLEST_RANGE <= np.ptp(returns) <= LARGEST_RANGE:  # noqa: PLR2004 - a deviation needs two
            return cls(math.nan, n, math.nan, math.nan)
        deviation = returns - returns.mean()
        square = deviation * deviation
        variance = float(square.mean())
        skewness = float((square * deviation).mean()) / (variance * math.sqrt(variance))
        kurtosis = float((square * square).mean()) / (variance * variance)
        return cls(float(returns.mean()) / math.sqrt(variance * n / (n - 1)), n, skewness, kurtosis)

    @property
    def standard_error(self) -> float:
        r""":math:`\sqrt{(1 - \gamma_3 SR + \frac{\gamma_4 - 1}{4} SR^2) / (n - 1)}` (Mertens 2002)."""
        return self.spread / math.sqrt(self.n - 1) if self.n > 1 else math.nan

    @property
    def spread(self) -> float:
        """The standard error times the root of n - 1: what one observation contributes."""
        ratio = self.per_period
        square = 1 - self.skewness * ratio + (self.kurtosis - 1) / 4 * ratio * ratio
        return math.sqrt(square) if square > 0 else math.nan


def annualised(daily: Sharpe, days_per_year: float = 252) -> float | None:
    """Return the annual ratio of daily returns, ``SR sqrt(P)``; None from fewer than 60 days.

    Returns of shorter periods are to be added up to days first: the root of the number of bars in a year holds for
    independent bars only.
    """
    if daily.n < MIN_DAYS or math.isnan(daily.per_period):
        return None
    return daily.per_period * math.sqrt(days_per_year)


def eta(n_periods: int, autocorrelations: Floats) -> float:
    r"""Return the factor that takes a ratio per period to one of ``n_periods`` autocorrelated periods.

    Parameters
    ----------
    n_periods
        Number q of periods that are added up.
    autocorrelations
        Of the returns at lags 1, 2, …; those beyond the array are 0.

    Notes
    -----
    :math:`\eta(q) = q / \sqrt{q + 2 \sum_{k=1}^{q-1} (q - k) \rho_k}` (Lo 2002, "The Statistics of Sharpe Ratios",
    equation 20); :math:`\sqrt q` without autocorrelation.
    """
    rho = autocorrelations[: n_periods - 1]
    weights = n_periods - np.arange(1, rho.size + 1)
    return n_periods / math.sqrt(n_periods + 2 * float((weights * rho).sum()))


def psr(estimate: Sharpe, benchmark: float = 0.0) -> float:
    """Return the probabilistic Sharpe ratio: the confidence that the true ratio exceeds ``benchmark``, per period.

    Notes
    -----
    ``Phi((SR - benchmark) / standard error)`` (Bailey and López de Prado 2012, "The Sharpe Ratio Efficient Frontier"),
    with the ratio of ddof 1, biased moments and n - 1. It assumes independent returns: on overlapping trades give the
    effective ``n``.
    """
    error = estimate.standard_error
    return float(ndtr((estimate.per_period - benchmark) / error)) if error > 0 else math.nan


def expected_max_sharpe(n_trials: float, variance: float) -> float:
    r"""Return about what the best of independent trials without skill shows, per period.

    Parameters
    ----------
    n_trials
        Number N of independent trials; one trial has nothing to choose from, so 0.
    variance
        Variance V of the trials' ratios per period.

    Notes
    -----
    :math:`\sqrt V ((1 - \gamma) z_{1 - 1/N} + \gamma z_{1 - 1/(Ne)})` (Bailey and López de Prado 2014, "The Deflated
    Sharpe Ratio", equation 1): 8 % low at N = 2, within 1 % from N = 100 on.
    """
    if n_trials <= 1:
        return 0.0
    quantiles = (1 - EULER) * -ndtri(1 / n_trials) + EULER * -ndtri(1 / (n_trials * math.e))
    return math.sqrt(variance) * float(quantiles)


def dsr(estimate: Sharpe, n_trials: float, variance: float) -> float:
    """Return the deflated Sharpe ratio: :func:`psr` against :func:`expected_max_sharpe` of all trials made.

    Notes
    -----
    Bailey and López de Prado (2014). ``variance`` is that of the ratios per period across the trials. It compares with
    the mean of the best, not with its 95th percentile, and yet is conservative on noise, because the variance across
    trials already holds the noise of each.
    """
    return psr(estimate, expected_max_sharpe(n_trials, variance))


def min_track_record(estimate: Sharpe, benchmark: float = 0.0, confidence: float = 0.95) -> float:
    """Return how many returns are needed for ``psr(estimate, benchmark) > confidence``.

    Infinite where the ratio equals the benchmark, NaN where it is below: no length of record would do.

    Notes
    -----
    ``1 + (1 - g3 SR + (g4 - 1) / 4 SR²) (z / (SR - benchmark))²`` (Bailey and López de Prado 2012, equation 13).
    """
    margin = estimate.per_period - benchmark
    if margin == 0:
        return math.inf
    if not margin > 0:
        return math.nan
    needed = estimate.spread * float(ndtri(confidence)) / margin
    return 1 + needed * needed


def survivable_trials(estimate: Sharpe, confidence: float = 0.95) -> int:
    """Return the largest number of independent trials after which the ratio would still be significant.

    That is the largest N for which ``dsr(estimate, N, 1 / (n - 1)) > confidence``: the trials are taken to be as long
    as this one and without skill, so their ratios vary by 1 / (n - 1). 0 if the ratio is not even significant by
    itself, and at most 10^12.
    """
    if estimate.n <= 1:
        return 0
    variance = 1 / (estimate.n - 1)
    low, high = 0, MOST_TRIALS + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if dsr(estimate, middle, variance) > confidence else (low, middle)
    return low
