"""Logistic regression on one score, by Newton's method in plain compiled loops: the same bits on every processor."""

from __future__ import annotations

import math

from numba import njit

from assay.types import Floats

_MAX_STEPS = 100
_SMALLEST_GRADIENT = 1e-10
_RIDGE = 1e-12


@njit(cache=True)
def logistic(score: Floats, target: Floats, weight: Floats) -> tuple[float, float]:
    """Return slope and intercept that minimise the weighted cross-entropy of ``target``, in (0, 1), given ``score``."""
    events, total = _counted(target, weight)
    share = events / total
    slope, intercept = 0.0, math.log(share / (1.0 - share))
    loss = cross_entropy(score, target, weight, slope, intercept)
    for _ in range(_MAX_STEPS):
        da, db, haa, hab, hbb = _derivatives(score, target, weight, slope, intercept)
        if abs(da) + abs(db) < _SMALLEST_GRADIENT * total:
            break
        determinant = haa * hbb - hab * hab
        a, b = (hab * db - hbb * da) / determinant, (hab * da - haa * db) / determinant
        step = 1.0
        while step > _RIDGE and cross_entropy(score, target, weight, slope + step * a, intercept + step * b) > loss:
            step *= 0.5
        slope, intercept = slope + step * a, intercept + step * b
        loss = cross_entropy(score, target, weight, slope, intercept)
    return slope, intercept


@njit(cache=True)
def _counted(target: Floats, weight: Floats) -> tuple[float, float]:
    """Return the weighted sum of the targets and that of the weights, from the first to the last."""
    events = total = 0.0
    for i in range(target.size):
        events += weight[i] * target[i]
        total += weight[i]
    return events, total


@njit(cache=True)
def cross_entropy(score: Floats, target: Floats, weight: Floats, slope: float, intercept: float) -> float:
    """Return the weighted sum of the cross-entropy in nats, without overflow for any score."""
    total = 0.0
    for i in range(score.size):
        z = slope * score[i] + intercept
        total += weight[i] * (max(z, 0.0) - z * target[i] + math.log(1.0 + math.exp(-abs(z))))
    return total


@njit(cache=True)
def _derivatives(
    score: Floats, target: Floats, weight: Floats, slope: float, intercept: float
) -> tuple[float, float, float, float, float]:
    """Return the gradient and the Hessian of the cross-entropy, the latter with a ridge that keeps it invertible."""
    da, db, haa, hab, hbb = 0.0, 0.0, _RIDGE, 0.0, _RIDGE
    for i in range(score.size):
        p = 1.0 / (1.0 + math.exp(-(slope * score[i] + intercept)))
        error, curvature = weight[i] * (p - target[i]), weight[i] * p * (1.0 - p)
        da += error * score[i]
        db += error
        haa += curvature * score[i] * score[i]
        hab += curvature * score[i]
        hbb += curvature
    return da, db, haa, hab, hbb
