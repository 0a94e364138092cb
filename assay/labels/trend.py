"""Trend scanning: the slope of prices from the decision on, over the horizon that tells it most clearly."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from assay.types import Floats, Ints

_ROUNDING = 1e-12
"""Residuals below this share of the variance are rounding: prices lie on a line."""
_CLEARER = 1.0 + 1e-9
"""How many times the square of another t-value is a larger one; the rest is rounding."""


@njit(cache=True)
def trends(close: Floats, events: Ints, shortest: int, longest: int) -> tuple[Floats, Ints]:
    """Return the slope's t-value that is largest, whatever its sign, and over how many closes, each of shape (k,).

    Parameters
    ----------
    close
        Closes, shape (n,).
    events
        The deciding bars, shape (k,); each regression begins with the close of one.
    shortest, longest
        Numbers of closes in the regressions, 3 or more.

    Returns
    -------
    tuple[Floats, Ints]
        NaN and 0 where the data end before the longest regression does.

    Notes
    -----
    López de Prado 2020, *Machine Learning for Asset Managers*, 5.4, Snippets 5.1 and 5.2: least squares of prices on
    an intercept and time; of two equal t-values the one of the shorter horizon. It costs O(k longest), by running sums
    of moves since the decision. Deviations: prices that do not move have no trend, 0, where the formula says 0 / 0;
    prices on a line have the large but finite t-value of a residual of 1e-12 of their variance. And the horizon is
    chosen by prices up to the longest one, so that is how far a label looks, not just to the end of the chosen one.
    """
    values, horizons = np.full(events.size, np.nan), np.zeros(events.size, np.int64)
    for k in range(events.size):
        if events[k] + longest <= close.size:
            values[k], horizons[k] = scan(close[events[k] : events[k] + longest], shortest)
    return values, horizons


@njit(cache=True)
def scan(prices: Floats, shortest: int) -> tuple[float, int]:
    """Return the t-value of the clearest slope of the first prices, ``shortest`` of them or more, and their number."""
    moves = time_moves = squares = best = 0.0
    slope, horizon = 1.0, shortest
    for k in range(1, prices.size):
        move, n = prices[k] - prices[0], k + 1
        moves, time_moves, squares = moves + move, time_moves + k * move, squares + move * move
        if n < shortest:
            continue
        shared, variance = time_moves - 0.5 * k * moves, squares - moves * moves / n
        explained = shared * shared / (n * (n * n - 1.0) / 12.0)
        residual = max(variance - explained, _ROUNDING * variance)
        square = explained * (n - 2.0) / residual if residual > 0.0 else 0.0
        if square > best * _CLEARER:
            best, slope, horizon = square, shared, n
    return math.copysign(math.sqrt(best), slope), horizon
