"""Labels of a side on the AR(3) market of Joubert 2022, "Meta-Labeling: Theory and Framework": closed forms."""

import math

import numpy as np
import polars as pl
import pytest
from scipy.signal import lfilter

from assay.labels.build import build
from assay.labels.params import LabelParams
from assay.labels.sided import given_side

PHI, SIGMA, N = np.array([0.25, -0.20, 0.35]), 0.0145434, 200_000
NEXT_BAR = {
    "method": "fixed_horizon",
    "triple_barrier": {"entry": "close", "min_horizon_bars": 1, "max_horizon_bars": 1},
}


def test_closed_forms_of_the_autoregression():
    """Yule-Walker: rho_1 .181818, R2 .165455; of normal signs, P(up | up) .558198, accuracy .633342, AUC .685730."""
    a, b, c = PHI
    rho = np.linalg.solve(np.array([[1 - b, -c, 0], [-a - c, 1, 0], [-b, -a, 1]]), PHI)
    explained = float(PHI @ rho)
    assert rho[0] == pytest.approx(0.181818, abs=5e-7)
    assert explained == pytest.approx(0.165455, abs=5e-7)
    assert 0.5 + math.asin(rho[0]) / math.pi == pytest.approx(0.558198, abs=5e-7)
    assert 0.5 + math.asin(math.sqrt(explained)) / math.pi == pytest.approx(0.633342, abs=5e-7)
    assert 0.5 + 2 / math.pi * math.asin(math.sqrt(explained / 2)) == pytest.approx(0.685730, abs=5e-7)


@pytest.fixture(scope="module")
def market(make_bars, instrument):
    """Return labels of the next bar at every bar after a rise, and what Bayes expects of it."""
    r = SIGMA * lfilter([1], np.append(1, -PHI), np.random.default_rng(2022).standard_normal(N + 100))[100:]
    price = np.exp(np.cumsum(r - r.mean()))
    labels, _ = build(make_bars(*[price] * 4), LabelParams.model_validate(NEXT_BAR), instrument)
    expected = PHI[0] * r[2:] + PHI[1] * r[1:-1] + PHI[2] * r[:-2]
    rose = labels.filter((pl.col("ordinal") >= 2) & (pl.Series(r).gather(labels["ordinal"]) > 0))
    return rose, expected[rose["ordinal"].to_numpy() - 2]


def test_meta_labels_of_being_long_after_a_rise(market):
    """Precision .558198; of those that Bayes expects to rise .6481, which are .7514 of the risen ones."""
    labels, expected = market
    meta = given_side(labels, np.ones(labels.height, int))["meta"].to_numpy()
    taken = expected > 0
    for found, share in (
        (meta, 0.558198),
        (meta[taken], 0.6481),
        (taken[meta == 1], 0.7514),
    ):
        assert found.mean() == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / found.size))


def test_meta_labels_of_the_other_side_are_the_other_ones(market):
    labels, _ = market
    long, short = (given_side(labels, np.full(labels.height, side)) for side in (1, -1))
    assert (long["meta"] + short["meta"] == 1).all()
    np.testing.assert_array_equal(long["gross"], -short["gross"])
