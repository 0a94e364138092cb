"""Accuracy counts every event once: weighed by returns, a forecast would seem to know more than it does."""

import math

import numpy as np
import pytest

from assay.learn.scores import direction

RHO, N = 0.1, 400_000


def test_accuracy_is_not_weighed_by_the_size_of_the_return():
    """Of a normal forecast and return: the sign is right 1/2 + asin(rho) / pi of the time, 53.19 %.

    Weighed by |r| it would be ``(1 + E[r sgn s] / E|r|) / 2 = (1 + rho) / 2``, 55 %: large moves are foretold better.
    """
    rng = np.random.default_rng(4)
    forecast = rng.standard_normal(N)
    after = RHO * forecast + math.sqrt(1 - RHO**2) * rng.standard_normal(N)
    label = np.sign(after).astype(np.int8)
    error = 4 * math.sqrt(0.25 / N)
    weighed = np.average(np.sign(forecast) == np.sign(after), weights=np.abs(after))
    assert weighed == pytest.approx((1 + RHO) / 2, abs=2 * error)
    told = direction(label, 0.5 + 0.1 * np.tanh(forecast))
    assert told["n"] == N
    assert told["accuracy"] == pytest.approx(0.5 + math.asin(RHO) / math.pi, abs=error)
    assert told["accuracy"] < weighed - 2 * error
