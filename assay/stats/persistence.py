"""Whether moves go on or turn back: variances of long moves against those of short ones, in each window."""

from __future__ import annotations

import numpy as np

from assay.stats import elementary, rolling
from assay.stats.weighing import weighed
from assay.types import Floats

_LOG_2 = 0.6931471805599453
_SHARE = 8
"""How often the longest move of a Hurst exponent must fit into the window."""


def variance(x: Floats, lag: int, window: int) -> Floats:
    """Return the variance of moves over some rows, per row, shape (n,); exactly 0 where x stood still.

    Parameters
    ----------
    x
        Levels, shape (n,).
    lag
        Rows per move, below the window.
    window
        Changes per window, made of one level more.

    Notes
    -----
    ``sum_k (x_k - x_(k-q) - q m)^2 / (q (T - q + 1) (1 - q / T))``, m the mean change (Lo, MacKinlay 1988, 1.1): of
    all moves that overlap, without bias if changes are independent.
    """
    n_moves = window - lag + 1
    moves, mean = rolling.change(x, lag), rolling.change(x, window) / window
    off = rolling.mean(moves, n_moves) - lag * mean
    spread = rolling.variance(moves, n_moves, ddof=0) + off * off
    return spread * (n_moves / (lag * n_moves * (1.0 - lag / window)))


def variance_ratio(x: Floats, lag: int, window: int) -> Floats:
    """Return the variance of moves over ``lag`` rows, per row, over that of one row; NaN where that is 0.

    Above 1 moves go on, below 1 they turn back; of an AR(1) of changes with coefficient r and lag 2 it is ``1 + r``.
    """
    return rolling.ratio(variance(x, lag, window), variance(x, 1, window))


def z_score(changes: Floats, ratio: Floats, lag: int, window: int) -> Floats:
    """Return a variance ratio less 1 in standard errors, shape (n,); NaN where nothing changed.

    Parameters
    ----------
    changes
        Changes of one row, shape (n,).
    ratio
        Their variance ratios of that lag and window.
    lag, window
        As of :func:`variance_ratio`.

    Notes
    -----
    ``(ratio - 1) / sqrt(sum_j (2 (q - j) / q)^2 d_j)``, j = 1 to q - 1, ``d_j = sum_k s_k s_(k-j) / (sum_k s_k)^2``:
    the z* of Lo, MacKinlay 1988, 1.2, right for changes whose variance changes. Two deviations make it one
    pass: s_k is the squared change, its mean not taken off; and s_(k-j) may lie up to q - 1 rows before the window.
    """
    squares = changes * changes
    weights = np.array([0.0, *((2.0 * (lag - j) / lag) ** 2 for j in range(1, lag))])
    below = rolling.total(squares, window)
    noise = np.sqrt(rolling.total(squares * weighed(squares, weights), window))
    return rolling.ratio((ratio - 1.0) * below, noise)


def scales(window: int) -> list[int]:
    """Return the lengths of moves of a Hurst exponent: 1, 2, 4, ... up to an eighth of the window."""
    return [1 << k for k in range((window // _SHARE).bit_length())]


def hurst(x: Floats, window: int) -> Floats:
    """Return the Hurst exponent of each window of levels, shape (n,); NaN where a variance is 0.

    Notes
    -----
    Of a self-similar walk the variance of moves over q rows grows as ``q^(2H)``: the estimate is 1/2 and half the
    least-squares slope of the log of :func:`variance` on log q, over :func:`scales` (the aggregated variance method of
    Taqqu, Teverovsky, Willinger 1995, on moves that overlap, with the correction for bias of Lo, MacKinlay 1988).
    Where moves go on, it is a little low: the mean that is taken off is part of the slow movement.
    """
    lags = scales(window)
    places = np.arange(len(lags)) - (len(lags) - 1) / 2.0
    slopes = places / (places * places).sum() / _LOG_2
    found = np.full(x.size, 0.5)
    for lag, slope in zip(lags, slopes.tolist(), strict=True):
        found += 0.5 * slope * elementary.log(variance(x, lag, window))
    return found
