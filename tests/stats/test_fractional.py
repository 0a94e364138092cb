"""Fractional differences: weights of the literature, an exact reference, and the law of the window."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.stats import decays, fractional, weighing
from assay.stats.fractional import difference, weights

# Lopez de Prado 2018, 5.4.2: the recursion by hand.
WEIGHTS = {
    0.4: (1, -0.4, -0.12, -0.064, -0.0416, -0.029952),
    0.5: (1, -0.5, -0.125, -0.0625, -0.0390625, -0.02734375),
    -0.5: (1, 0.5, 0.375, 0.3125, 0.2734375),
}
# Window lengths at thresholds 1e-2 to 1e-5; 12 at order 0.9 and 1e-3 is mlfinlab's.
LENGTHS = {0.4: (11, 55, 282, 1458), 0.1: (8, 62, 503, 4076), 0.9: (4, 12, 38, 125)}
WALK = 9.0 + np.cumsum(np.random.default_rng(1).normal(0, 1e-3, 40_000))


@pytest.mark.parametrize("order", WEIGHTS)
def test_first_weights_equal_the_recursion_by_hand(order):
    expected = WEIGHTS[order]
    assert weights(order, 0.02)[: len(expected)] == pytest.approx(expected, abs=1e-15)


def test_weights_are_binomial_coefficients():
    k = np.arange(1458)
    np.testing.assert_allclose(weights(0.4, 1e-5), (-1.0) ** k * scipy.special.binom(0.4, k), rtol=1e-11)


def test_order_one_is_the_first_difference():
    assert weights(1.0, 1e-5).tolist() == [1.0, -1.0]
    assert np.array_equal(difference(WALK, 1.0, 1e-5)[1:], np.diff(WALK))
    assert np.isnan(difference(WALK, 1.0, 1e-5)[0])


@pytest.mark.parametrize("order", LENGTHS)
def test_window_lengths(order):
    assert tuple(weights(order, threshold).size for threshold in (1e-2, 1e-3, 1e-4, 1e-5)) == LENGTHS[order]


@pytest.mark.parametrize("order", [0.3, 0.4, 0.7])
def test_differences_of_dollar_bars_equal_mlfinpy(order, shared):
    folder = shared / "mlfinpy"
    close = pl.read_csv(folder / "dollar_bar_sample.csv")["close"].to_numpy()
    told = pl.read_csv(folder / "expected" / f"dollar_ffd_d{order}_t1e-4.csv", schema_overrides={"close": pl.Float64})
    expected = told["close"].to_numpy()
    known = ~np.isnan(expected)
    assert known.sum() == 1000 - weights(order, 1e-4).size + 1
    np.testing.assert_allclose(difference(close, order, 1e-4)[known], expected[known], rtol=0, atol=1e-8)


def test_order_zero_is_the_series_itself():
    """Its correlation with the price is 1."""
    close = np.log(np.arange(1.0, 50.0))
    np.testing.assert_array_equal(difference(close, 0.0, 1e-3), close)


def test_1458_weights_are_exact_to_a_tenth_of_a_billionth():
    found, w = difference(WALK, 0.4, 1e-5), weights(0.4, 1e-5)
    exact = sum(Fraction(float(weight)) * Fraction(float(WALK[30_000 - k])) for k, weight in enumerate(w))
    assert found[30_000] == pytest.approx(float(exact), rel=0, abs=2e-12)
    np.testing.assert_allclose(found[1457:], np.convolve(w, WALK, "valid"), rtol=0, atol=1e-11)
    assert np.isnan(found[:1457]).all()


@pytest.mark.parametrize("threshold", [1e-3, 1e-4, 1e-5, 1e-6])
@pytest.mark.parametrize("order", [0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1.3, 1.9])
def test_every_order_is_as_exact_as_promised(order, threshold):
    w = weights(order, threshold)
    rng = np.random.default_rng(2)
    x = 5.0 + np.cumsum(rng.normal(0, 0.05, w.size + 300))
    expected = np.convolve(w, x, "valid")
    error = np.abs(difference(x, order, threshold)[w.size - 1 :] - expected).max()
    assert error <= 1e-10 * np.ptp(x) + 1e-13


@pytest.mark.parametrize(("order", "threshold"), [(0.1, 1e-5), (0.4, 1e-5), (0.4, 1e-4), (0.9, 1e-5)])
def test_a_window_alone_gives_the_same_bits(order, threshold):
    whole, n = difference(WALK, order, threshold), weights(order, threshold).size
    for row in (n - 1, n, 16_383 + n, 20_000, WALK.size - 1):
        assert difference(WALK[row + 1 - n : row + 1], order, threshold)[-1] == whole[row]
    early = difference(WALK[:17_000], order, threshold)
    assert np.array_equal(early, whole[:17_000], equal_nan=True)
    assert np.isnan(difference(WALK[: n - 1], order, threshold)).all()


def test_a_constant_is_its_share_of_the_weights_and_a_hole_stays_in_its_windows():
    x = np.full(4000, 7.0)
    w = weights(0.4, 1e-5)
    np.testing.assert_allclose(difference(x, 0.4, 1e-5)[1457:], 7.0 * w.sum(), rtol=0, atol=1e-14)
    x[1500] = np.nan
    assert np.flatnonzero(~np.isnan(difference(x, 0.4, 1e-5))).tolist() == [*range(1457, 1500), *range(2958, 4000)]
    assert np.isnan(difference(np.ones(1500), 0.4, 1e-5)).sum() == 1457


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=80),
    st.lists(st.floats(-2, 2), min_size=1, max_size=30),
    st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(-2, 2)), max_size=3),
    st.integers(0, 6),
)
def test_weighed_sums_equal_brute_force(values, near, fading, eighths):
    x, length = np.array(values), 8 * eighths if fading else 0
    ratios, amounts = np.array([r for r, _ in fading]), np.array([a for _, a in fading])
    far = (amounts * ratios ** np.arange(length)[:, None]).sum(axis=1) if fading else np.empty(0)
    w = np.concatenate((near, far))
    found = weighing.decaying(x, np.array(near), ratios, amounts, length)
    for row, value in enumerate(found):
        whole = row + 1 >= w.size
        expected = (w * x[row + 1 - w.size : row + 1][::-1]).sum() if whole else np.nan
        assert value == pytest.approx(expected, rel=1e-12, abs=1e-9, nan_ok=True)


def test_weights_that_are_no_sum_of_decays_are_applied_one_by_one(monkeypatch):
    assert decays.fitted(np.cos(np.arange(400.0)), 64) is None
    monkeypatch.setattr(fractional, "fitted", lambda *_: None)
    fractional._split.cache_clear()
    near, _, _, length = fractional._split(0.4, 1e-5)
    fractional._split.cache_clear()
    assert (near.size, length) == (1458, 0)


CODE = """
import numpy as np
from assay.stats import decays, weighing
x = np.random.default_rng(3).standard_normal(200)
rates, amounts = decays.fitted(1.0 / np.arange(1.0, 90.0), 41)
print(weighing.decaying(x, x[:41], rates, amounts, 48).tobytes().hex())
"""


def test_kernels_give_the_same_bits_without_the_compiler():
    told = [
        subprocess.check_output([sys.executable, "-W", "ignore", "-c", CODE], env=os.environ | more, text=True)
        for more in ({}, {"NUMBA_DISABLE_JIT": "1"})
    ]
    assert told[0] == told[1]
    assert len(told[0]) > 16 * 200
