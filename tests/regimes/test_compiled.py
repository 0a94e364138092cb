"""The compiled kernels do what their source says, in the order it says it: interpreted, they give the same bits."""

import numpy as np
import pytest

from assay.regimes import chain, em
from assay.regimes.fit import starts
from assay.regimes.hmm import Hmm

SHARED = ("forward", "log_constants", "predict")


@pytest.fixture
def interpreted(monkeypatch):
    """Replace every kernel by its source; the NaN state of the filter makes numpy warn, not compiled code."""
    for module, names in ((chain, ["observed", "update", "step"]), (em, ["_backward", "_mean", "_variance", "expect"])):
        for name in names:
            monkeypatch.setattr(module, name, getattr(module, name).py_func)
    monkeypatch.setattr(em, "maximise", em.maximise.py_func)
    for name in SHARED:
        source = getattr(chain, name).py_func
        monkeypatch.setattr(chain, name, source)
        monkeypatch.setattr(em, name, source)


@pytest.fixture
def rows():
    x = np.random.default_rng(0).standard_normal((120, 2))
    x[7], x[60:63] = np.nan, np.nan
    return x


@pytest.fixture
def compiled(rows):
    return climbed(rows)


def climbed(rows):
    found = em.climb(rows, np.array([0, 50, 120]), next(starts(rows, 3)), 4, 1e-12, 0.01)
    probabilities = np.empty((120, 3))
    total = chain.forward(rows, found.chain, chain.log_constants(found.chain.variances), probabilities)
    return Hmm(found.chain, np.zeros(2), np.ones(2)).to_json(), found.log_likelihood, probabilities.tobytes(), total


def test_interpreted_kernels_give_the_same_bits(compiled, interpreted, rows):
    assert climbed(rows) == compiled
