"""Metrics of an account: its growth, and how far below its highest point it stands.

``equity`` is the account after each of n periods, shape (n,), and may fall below 0; ``capital`` is the account before
the first one, above 0 wherever a fraction is asked for, and the first highest point.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from assay.types import Floats


@njit(cache=True)
def peaks(equity: Floats, capital: float) -> Floats:
    """Return the highest value so far, shape (n,)."""
    out = np.empty_like(equity)
    peak = capital
    for i in range(equity.size):
        peak = max(peak, equity[i])
        out[i] = peak
    return out


@njit(cache=True)
def falls(equity: Floats, capital: float) -> Floats:
    """Return how far the account stands below its highest value so far, in its currency: 0 or below, shape (n,)."""
    return equity - peaks(equity, capital)


@njit(cache=True)
def max_fall(equity: Floats, capital: float) -> float:
    """Return the deepest of :func:`falls`."""
    return np.min(falls(equity, capital)) if equity.size else np.nan


def drawdowns(equity: Floats, capital: float) -> Floats:
    """Return :func:`falls` as fractions of the highest value so far, shape (n,)."""
    return equity / peaks(equity, capital) - 1


def max_drawdown(equity: Floats, capital: float) -> float:
    """Return the deepest of :func:`drawdowns`."""
    return float(np.min(drawdowns(equity, capital))) if equity.size else math.nan


def longest_drawdown(equity: Floats, capital: float) -> int:
    """Return the longest run of periods that ended below the highest value before them."""
    longest = current = 0
    for below in (falls(equity, capital) < 0).tolist():
        current = current + 1 if below else 0
        longest = max(longest, current)
    return longest


def ulcer_index(equity: Floats, capital: float) -> float:
    """Return the root mean square of the drawdowns over all n periods, as a fraction (Martin 1987)."""
    depth = drawdowns(equity, capital)
    return math.sqrt(float((depth * depth).mean())) if equity.size else math.nan


def cagr(equity: Floats, capital: float, periods_per_year: float) -> float:
    r"""Return the compound annual growth rate, :math:`(e_n / e_0)^{P/n} - 1`.

    Years are counted by periods, n / P, not by the calendar. A total loss is -1.
    """
    if not equity.size:
        return math.nan
    growth = float(equity[-1]) / capital
    return math.exp(math.log(growth) * periods_per_year / equity.size) - 1 if growth > 0 else -1.0


def calmar(equity: Floats, capital: float, periods_per_year: float) -> float:
    """Return the annual growth rate over the absolute maximum drawdown; NaN without a drawdown."""
    depth = max_drawdown(equity, capital)
    return cagr(equity, capital, periods_per_year) / -depth if depth < 0 else math.nan
