"""Expectation and maximisation for a chain, in plain compiled loops: the same bits on every processor."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from assay.regimes.chain import Chain, forward, log_constants, predict
from assay.types import Floats, Ints


@dataclass(frozen=True)
class Climb:
    """Where expectation and maximisation ended.

    ``log_likelihood`` is that of ``chain``, in nats over all rows; ``converged`` tells whether the last step gained
    less than the tolerance.
    """

    chain: Chain
    log_likelihood: float
    n_iterations: int
    converged: bool


def climb(x: Floats, bounds: Ints, chain: Chain, n_iterations: int, tolerance: float, floor: float) -> Climb:
    """Raise the likelihood of the sequences from a first guess.

    Parameters
    ----------
    x
        All sequences one below the other, shape (n, d); an unobserved row is NaN in every column.
    bounds
        Sequence ``s`` is ``x[bounds[s]:bounds[s + 1]]``; its first row must be observed.
    chain
        The first guess.
    n_iterations
        Most steps.
    tolerance
        A step that gains less than this per row is the last one, nats.
    floor
        Smallest variance.

    Notes
    -----
    Baum, Petrie, Soules and Weiss (1970), with the scaled recursions of Rabiner (1989), section V.A, and the
    smoother of Kim (1994). Maximum likelihood without priors, apart from the floor.
    """
    smoothed, jumps, before = expect(x, bounds, chain, log_constants(chain.variances))
    for n_done in range(1, n_iterations + 1):
        chain = maximise(x, bounds, smoothed, jumps, chain, floor)
        smoothed, jumps, now = expect(x, bounds, chain, log_constants(chain.variances))
        if now - before < tolerance * x.shape[0]:
            return Climb(chain, now, n_done, converged=True)
        before = now
    return Climb(chain, before, n_iterations, converged=False)


@njit(cache=True)
def expect(x: Floats, bounds: Ints, chain: Chain, constants: Floats) -> tuple[Floats, Floats, float]:
    """Return P(state | whole sequence) (n, k), the expected number of jumps (k, k), and the log-likelihood.

    What it returns has seen the future: it is for the fit alone and never leaves it.
    """
    k = chain.start.size
    smoothed, jumps, total = np.empty((x.shape[0], k)), np.zeros((k, k)), 0.0
    for s in range(bounds.size - 1):
        part = smoothed[bounds[s] : bounds[s + 1]]
        total += forward(x[bounds[s] : bounds[s + 1]], chain, constants, part)
        _backward(part, chain.transition, jumps)
    return smoothed, jumps, total


@njit(cache=True)
def _backward(p: Floats, transition: Floats, jumps: Floats) -> None:
    """Turn the filtered probabilities of one sequence into smoothed ones, in place, and add up the jumps."""
    k = transition.shape[0]
    ahead = np.empty(k)
    for t in range(p.shape[0] - 2, -1, -1):
        predict(p[t], transition, ahead)
        for j in range(k):
            ahead[j] = p[t + 1, j] / ahead[j] if ahead[j] > 0.0 else 0.0
        for i in range(k):
            stay = 0.0
            for j in range(k):
                jump = p[t, i] * transition[i, j] * ahead[j]
                jumps[i, j] += jump
                stay += jump
            p[t, i] = stay


@njit(cache=True)
def maximise(x: Floats, bounds: Ints, smoothed: Floats, jumps: Floats, chain: Chain, floor: float) -> Chain:
    """Return the chain that fits the expected states best; a state that nothing visits keeps what it was."""
    start = np.zeros(chain.start.size)
    for s in range(bounds.size - 1):
        start += smoothed[bounds[s]]
    transition = chain.transition.copy()
    for i in range(start.size):
        leaving = jumps[i].sum()
        if leaving > 0.0:
            transition[i] = jumps[i] / leaving
    means, variances = chain.means.copy(), chain.variances.copy()
    for k in range(start.size):
        for d in range(x.shape[1]):
            means[k, d] = _mean(smoothed[:, k], x[:, d], means[k, d])
            variances[k, d] = max(_variance(smoothed[:, k], x[:, d], means[k, d], variances[k, d]), floor)
    return Chain(start / start.sum(), transition, means, variances)


@njit(cache=True)
def _mean(p: Floats, x: Floats, otherwise: float) -> float:
    """Return the mean of the observed values, weighted by ``p``."""
    total, weight = 0.0, 0.0
    for t in range(x.size):
        if not math.isnan(x[t]):
            total += p[t] * x[t]
            weight += p[t]
    return total / weight if weight > 0.0 else otherwise


@njit(cache=True)
def _variance(p: Floats, x: Floats, mean: float, otherwise: float) -> float:
    """Return the mean squared distance of the observed values from ``mean``, weighted by ``p``."""
    total, weight = 0.0, 0.0
    for t in range(x.size):
        if not math.isnan(x[t]):
            total += p[t] * (x[t] - mean) * (x[t] - mean)
            weight += p[t]
    return total / weight if weight > 0.0 else otherwise
