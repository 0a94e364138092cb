"""How long a block must be to carry the dependence of a series into its bootstrap copies."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from assay.types import Floats

FEWEST = 8
"""Observations below which the correlogram has too few lags to look at."""


class BlockLengths(NamedTuple):
    """Optimal mean length for the stationary bootstrap, and length for the circular one, in observations."""

    stationary: float
    circular: float


def optimal(series: Floats) -> BlockLengths:
    """Return the block lengths that minimise the mean squared error of the bootstrap variance of the mean.

    Parameters
    ----------
    series
        Observations in order, shape ``(n,)``, any unit, no NaN. With fewer than FEWEST, or when all are equal, nothing
        can be learnt of the dependence and both lengths are 1.

    Notes
    -----
    ``b = (2 G^2 / D)^(1/3) n^(1/3)`` with ``G = sum lambda(k/M) |k| R(k)``, ``g(0) = sum lambda(k/M) R(k)``,
    ``D = 2 g(0)^2`` (stationary) or ``4/3 g(0)^2`` (circular), the flat-top window ``lambda`` that is 1 up to 1/2
    and falls to 0 at 1, and ``M = 2 m`` where ``m`` is the first of ``K = max(5, log10 n)`` lags in a row whose
    autocorrelations are below ``2 sqrt(log10(n) / n)``: Politis and White (2004), Econometric Reviews 23(1), section
    3.2, with the constants corrected by Patton, Politis and White (2009), Econometric Reviews 28(4).
    ``M`` is at most ``ceil(sqrt n) + K`` and ``b`` lies between 1 and ``ceil(min(3 sqrt n, n / 3))``.
    Deviations, both those of Patton's published program: the paper's ``m`` is the lag before the run, where it is not
    0; and the autocorrelation of a lag is scaled by its two overlapping parts, not by the whole series.
    """
    n = series.size
    if n < FEWEST or np.ptp(series) == 0:
        return BlockLengths(1.0, 1.0)
    slope, spectrum = _flat_top(series - series.mean())
    longest = float(math.ceil(min(3.0 * math.sqrt(n), n / 3.0)))
    if spectrum == 0.0:
        return BlockLengths(longest, longest)
    ratio = slope / spectrum
    stationary, circular = _cube_root(ratio * ratio * n), _cube_root(1.5 * ratio * ratio * n)
    return BlockLengths(min(max(stationary, 1.0), longest), min(max(circular, 1.0), longest))


@njit(cache=True)
def _cube_root(x: float) -> float:
    return x ** (1.0 / 3.0)


@njit(cache=True)
def _flat_top(centred: Floats) -> tuple[float, float]:
    """Return G and g(0): the windowed sums of ``|k| R(k)`` and of ``R(k)`` over all lags, negative ones too."""
    window = _window(centred)
    slope, spectrum = 0.0, _cross(centred, 0) / centred.size
    for lag in range(1, window + 1):
        weight = min(1.0, 2.0 * (1.0 - lag / window)) * _cross(centred, lag) / centred.size
        slope += 2.0 * lag * weight
        spectrum += 2.0 * weight
    return slope, spectrum


@njit(cache=True)
def _window(centred: Floats) -> int:
    """Return M: twice the lag from which on the correlogram is negligible."""
    n = centred.size
    run = max(5, int(math.log10(n)))
    longest = min(math.ceil(math.sqrt(n)) + run, n - 1)
    bound = 2.0 * math.sqrt(math.log10(n) / n)
    quiet = 0
    for lag in range(1, longest + 1):
        quiet = quiet + 1 if abs(_correlation(centred, lag)) < bound else 0
        if quiet == run:
            return min(2 * (lag - run + 1), longest)
    return longest


@njit(cache=True)
def _correlation(centred: Floats, lag: int) -> float:
    early, late = 0.0, 0.0
    for i in range(centred.size - lag):
        early += centred[i] * centred[i]
        late += centred[i + lag] * centred[i + lag]
    scale = math.sqrt(early * late)
    return _cross(centred, lag) / scale if scale > 0.0 else 0.0


@njit(cache=True)
def _cross(centred: Floats, lag: int) -> float:
    total = 0.0
    for i in range(centred.size - lag):
        total += centred[i] * centred[i + lag]
    return total
