from __future__ import annotations

import math

import numpy as np

from assay.stats import elementary

X = np.concatenate([np.geomspace(1e-300, 1e300, 500), np.linspace(0.9, 1.1, 200)])


def test_logarithm_is_that_of_the_c_library():
    assert elementary.log(X).tolist() == [math.log(x) for x in X]


def test_logarithm_is_undefined_at_nothing_and_below():
    assert np.isnan(elementary.log(np.array([0.0, -1.0, np.nan]))).all()


def test_exponential_is_that_of_the_c_library():
    x = np.linspace(-700.0, 700.0, 999)
    assert elementary.exp(x).tolist() == [math.exp(v) for v in x]
