"""How far prices move: average true range and daily volatility, each known at its bar."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from assay.market.zones import DAY_NS
from assay.types import Floats, Ints


@njit(cache=True)
def average_true_range(high: Floats, low: Floats, close: Floats, window: int) -> Floats:
    """Return Wilder's average true range, shape (n,); NaN for the first ``window`` bars.

    Wilder (1978): the true range counts from the second bar on, the first average is the mean of ``window`` of them,
    then ``(previous (window - 1) + true range) / window``, as in TA-Lib.
    """
    out = np.full(close.size, np.nan)
    average = 0.0
    for i in range(1, close.size):
        true_range = max(high[i], close[i - 1]) - min(low[i], close[i - 1])
        average = average + true_range / window if i <= window else (average * (window - 1) + true_range) / window
        if i >= window:
            out[i] = average
    return out


def daily_volatility(closed_at_ns: Ints, close: Floats, span: int) -> Floats:
    """Return the exponentially weighted deviation of returns over one day, a fraction of the price, shape (n,).

    AFML Snippet 3.1: every bar is compared with the last one that closed before the same time of the day before;
    NaN until two such returns are known.
    """
    earlier = np.searchsorted(closed_at_ns, closed_at_ns - DAY_NS) - 1
    known = np.flatnonzero(earlier >= 0)
    out = np.full(close.size, np.nan)
    out[known] = weighted_deviation(close[known] / close[earlier[known]] - 1.0, span)
    return out


@njit(cache=True)
def weighted_deviation(x: Floats, span: int) -> Floats:
    """Return the exponentially weighted standard deviation, shape (n,); NaN for the first value.

    Weights ``(1 - 2 / (span + 1))^k`` of the value k steps back, normalised, with the correction for their bias:
    ``sqrt(m2 / (W - V / W))`` for the sums W of weights and V of their squares, as pandas' ``ewm(span=span).std()``.
    """
    keep = 1.0 - 2.0 / (span + 1.0)
    out = np.full(x.size, np.nan)
    weights = squares = mean = moment = 0.0
    for i in range(x.size):
        weights, squares, moment = keep * weights + 1.0, keep * keep * squares + 1.0, keep * moment
        step = x[i] - mean
        mean += step / weights
        moment += step * (x[i] - mean)
        if i > 0:
            out[i] = math.sqrt(moment / (weights - squares / weights))
    return out
