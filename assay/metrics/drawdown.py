"""Drawdown: how far below its highest point the account stands; the capital at the start is the first such point."""

from __future__ import annotations

import math

import numpy as np

from assay.metrics.returns import cagr
from assay.types import Floats


def drawdowns(returns: Floats) -> Floats:
    """Return wealth over its highest value so far, less 1, after each period: 0 or below.

    Wealth starts at 1 before the first return, so a loss in the first period is a drawdown.
    """
    wealth = np.cumprod(1 + returns)
    return wealth / np.maximum(np.maximum.accumulate(wealth), 1.0) - 1


def max_drawdown(returns: Floats) -> float:
    """Return the deepest drawdown as a fraction, 0 or below."""
    return float(np.min(drawdowns(returns))) if returns.size else math.nan


def max_drawdown_of_equity(equity: Floats, capital: float) -> float:
    """Return the largest fall of ``equity`` from its highest value so far, in its currency, 0 or below.

    Parameters
    ----------
    equity
        The account after each period; it may fall below 0.
    capital
        The account before the first one.
    """
    below = equity - np.maximum(np.maximum.accumulate(equity), capital)
    return float(np.min(below)) if equity.size else math.nan


def longest_drawdown(returns: Floats) -> int:
    """Return the longest run of periods that ended below the highest wealth before them."""
    longest = current = 0
    for below in (drawdowns(returns) < 0).tolist():
        current = current + 1 if below else 0
        longest = max(longest, current)
    return longest


def ulcer_index(returns: Floats) -> float:
    """Return the root mean square of the drawdowns over all n periods, as a fraction (Martin 1987)."""
    depth = drawdowns(returns)
    return math.sqrt(float((depth * depth).mean())) if returns.size else math.nan


def calmar(returns: Floats, periods_per_year: float) -> float:
    """Return the annual growth rate over the absolute maximum drawdown; NaN without a drawdown."""
    depth = max_drawdown(returns)
    return cagr(returns, periods_per_year) / -depth if depth < 0 else math.nan
