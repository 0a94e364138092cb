"""A hidden Markov chain and its one-step filter: the core that the batch, the fit and the live side share."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from assay.types import Floats


class Chain(NamedTuple):
    """A Markov chain of ``k`` states, each with Gaussian observations of ``d`` independent columns.

    Parameters
    ----------
    start
        P(state of the first observed bar), shape (k,).
    transition
        P(next state | state), rows sum to 1, shape (k, k).
    means, variances
        Of the observations in each state, shape (k, d).
    """

    start: Floats
    transition: Floats
    means: Floats
    variances: Floats


@njit(cache=True)
def observed(x: Floats) -> bool:
    """Return whether every value of one bar is known."""
    return not np.isnan(x).any()


@njit(cache=True)
def log_constants(variances: Floats) -> Floats:
    r"""Return :math:`-\frac12\sum_d \log 2\pi\sigma^2_{kd}` of each state, shape (k,)."""
    out = np.zeros(variances.shape[0])
    for k in range(variances.shape[0]):
        for d in range(variances.shape[1]):
            out[k] -= 0.5 * math.log(2.0 * math.pi * variances[k, d])
    return out


@njit(cache=True)
def predict(p: Floats, transition: Floats, out: Floats) -> None:
    """Write P(next state) into ``out``, given P(state) in ``p``."""
    for j in range(p.size):
        out[j] = 0.0
        for i in range(p.size):
            out[j] += p[i] * transition[i, j]


@njit(cache=True)
def update(x: Floats, chain: Chain, constants: Floats, p: Floats) -> float:
    """Turn P(state | bars before) into P(state | bars so far), in place; return log p(x | bars before).

    Densities are scaled by the largest among the states that are possible, so nothing underflows to 0 / 0.
    """
    logs = constants.copy()
    largest = -math.inf
    for k in range(p.size):
        for d in range(x.size):
            z = x[d] - chain.means[k, d]
            logs[k] -= 0.5 * z * z / chain.variances[k, d]
        if p[k] > 0.0:
            largest = max(largest, logs[k])
    total = 0.0
    for k in range(p.size):
        p[k] = p[k] * math.exp(logs[k] - largest) if p[k] > 0.0 else 0.0
        total += p[k]
    for k in range(p.size):
        p[k] /= total
    return largest + math.log(total)


@njit(cache=True)
def step(p: Floats, x: Floats, chain: Chain, constants: Floats, out: Floats) -> float:
    """Write P(state | bars so far) into ``out`` and return the log-likelihood of the bar.

    Parameters
    ----------
    p
        The same of the bar before, shape (k,); NaN while no bar has been observed.
    x
        The observations of the bar, shape (d,); with a NaN among them the bar counts as unobserved.
    chain, constants
        The chain and its :func:`log_constants`.
    out
        Shape (k,). An unobserved bar moves the probabilities by the transition alone, which is the exact
        posterior for a missing value; before the first observed bar it stays NaN. May not be ``p`` itself.
    """
    seen = observed(x)
    if not math.isnan(p[0]):
        predict(p, chain.transition, out)
    elif seen:
        out[:] = chain.start
    else:
        out[:] = math.nan
    return update(x, chain, constants, out) if seen else 0.0


@njit(cache=True)
def forward(x: Floats, chain: Chain, constants: Floats, out: Floats) -> float:
    """Write the filtered probabilities of a sequence into ``out`` (n, k); return its log-likelihood.

    One :func:`step` a bar, nothing else.
    """
    p = np.full(chain.start.size, math.nan)
    total = 0.0
    for t in range(x.shape[0]):
        total += step(p, x[t], chain, constants, out[t])
        p = out[t]
    return total
