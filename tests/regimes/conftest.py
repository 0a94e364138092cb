"""Small models and markets with known answers."""

import numpy as np
import pytest
from hmmlearn.hmm import GaussianHMM

from assay.regimes.chain import Chain, log_constants
from assay.regimes.em import expect
from assay.regimes.hmm import Hmm

TRANSITION = np.array([[0.98, 0.02], [0.05, 0.95]])
MEANS = np.array([0.0006, -0.0012])
DEVIATIONS = np.array([0.007, 0.018])


def model_of(start, transition, means, deviations):
    means, deviations = np.array(means, dtype=float), np.array(deviations, dtype=float)
    if means.ndim == 1:
        means, deviations = means[:, None], deviations[:, None]
    chain = Chain(np.array(start, dtype=float), np.array(transition, dtype=float), means, deviations**2)
    return Hmm(chain, np.zeros(means.shape[1]), np.ones(means.shape[1]))


def simulate(n, rng):
    """Bull and bear: states and returns of the market whose accuracies are published."""
    draws, states = rng.choice(2, p=[5 / 7, 2 / 7]), np.empty(n, dtype=int)
    states[0], uniform, edges = draws, rng.random(n), TRANSITION.cumsum(axis=1)
    for t in range(1, n):
        states[t] = np.searchsorted(edges[states[t - 1]], uniform[t])
    return states, MEANS[states] + DEVIATIONS[states] * rng.standard_normal(n)


@pytest.fixture(scope="session")
def smooth():
    """Return a function from a model and its observations to P(state | all of them)."""

    def run(model, x):
        return expect(x, np.array([0, len(x)]), model.chain, log_constants(model.chain.variances))[0]

    return run


@pytest.fixture(scope="session")
def hmmlearn_of():
    """Return a function from a model to hmmlearn's of the same parameters."""

    def convert(model):
        k, d = model.chain.means.shape
        oracle = GaussianHMM(k, covariance_type="diag", init_params="", params="")
        oracle.startprob_, oracle.transmat_ = model.chain.start, model.chain.transition
        oracle.means_, oracle.covars_, oracle.n_features = model.chain.means, model.chain.variances, d
        return oracle

    return convert


@pytest.fixture
def gaussian():
    """Two states of unit variance that last, at 0 and 3."""
    return model_of([2 / 3, 1 / 3], [[0.9, 0.1], [0.2, 0.8]], [0, 3], [1, 1])


@pytest.fixture
def bull_and_bear():
    return model_of([5 / 7, 2 / 7], TRANSITION, MEANS, DEVIATIONS)


@pytest.fixture
def market():
    return simulate


@pytest.fixture
def make():
    return model_of
