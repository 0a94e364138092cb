"""Metrics of a series of returns.

Returns are simple returns per period (.01 is one percent), finite, one per period: a period without a position is a
return of 0 and counts, since leaving it out moves every figure. A metric that does not exist (no loss to divide by, no
return at all) is NaN, and infinite where only its denominator is 0.
"""

from __future__ import annotations

import math

import numpy as np

from assay.types import Floats


def volatility(returns: Floats, periods_per_year: float) -> float:
    """Return the annual standard deviation, ``std(r, ddof=1) sqrt(P)``."""
    return float(returns.std(ddof=1)) * math.sqrt(periods_per_year) if returns.size > 1 else math.nan


def downside_deviation(returns: Floats, periods_per_year: float, target: float = 0.0) -> float:
    """Return the annual root mean square of the shortfalls below ``target`` per period, over all periods.

    The mean is over all periods, not over the losing ones alone (Sortino and van der Meer 1991).
    """
    if not returns.size:
        return math.nan
    shortfall = np.minimum(returns - target, 0)
    return math.sqrt(float((shortfall * shortfall).mean()) * periods_per_year)


def sortino(returns: Floats, periods_per_year: float, target: float = 0.0) -> float:
    """Return the annual mean above ``target`` (per period), divided by :func:`downside_deviation`."""
    if not returns.size:
        return math.nan
    excess = float(returns.mean()) - target
    return _ratio(excess * periods_per_year, downside_deviation(returns, periods_per_year, target))


def omega(returns: Floats, target: float = 0.0) -> float:
    """Return the gains above ``target`` over the shortfalls below it (Keating and Shadwick 2002)."""
    excess = returns - target
    return _ratio(float(np.maximum(excess, 0).sum()), -float(np.minimum(excess, 0).sum()))


def profit_factor(returns: Floats) -> float:
    """Return the sum of gains over the sum of losses: :func:`omega` at 0."""
    return omega(returns)


def hit_rate(returns: Floats) -> float:
    """Return the share of returns above 0; a return of 0 counts and is no hit."""
    return float((returns > 0).mean()) if returns.size else math.nan


def payoff(returns: Floats) -> float:
    """Return the mean gain over the mean loss; zeros are neither."""
    gains, losses = returns[returns > 0], returns[returns < 0]
    return float(gains.mean() / -losses.mean()) if gains.size and losses.size else math.nan


def tail_ratio(returns: Floats) -> float:
    """Return the 95th percentile over the absolute 5th, linearly interpolated."""
    if not returns.size:
        return math.nan
    low, high = np.quantile(returns, [0.05, 0.95])
    return _ratio(abs(float(high)), abs(float(low)))


def _ratio(numerator: float, denominator: float) -> float:
    if denominator:
        return numerator / denominator
    return math.copysign(math.inf, numerator) if numerator else math.nan
