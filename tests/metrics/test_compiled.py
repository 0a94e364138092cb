"""The compiled kernel does what its source says, in the order it says it."""

import numpy as np

from assay.metrics.interval import autocovariances


def test_interpreted_autocovariances_are_the_same():
    x = np.random.default_rng(0).standard_normal(7)
    assert np.allclose(autocovariances.py_func(x, 3), autocovariances(x, 3), rtol=1e-14, atol=0)
