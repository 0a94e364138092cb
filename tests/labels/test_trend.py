"""Trend scanning: mlfinpy on the dollar bars, regressions by scipy, laws."""

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import linregress

from assay.labels.trend import scan, trends

MLFINPY = [
    (-7.285923148695832, 20),
    (-9.887741656201738, 19),
    (-10.170948578876713, 20),
    (-11.602545266341053, 17),
    (-15.057332936035122, 16),
    (-15.719143539772054, 15),
]
"""t-values and closes of the first dollar bars; of 280 among the first 300 bars, windows of 5 to 20 closes."""


def test_mlfinpy_trends_of_the_dollar_bars(dollar_bars):
    """It looks at a window of one close more than its longest regression, so it tells one event fewer."""
    value, n_bars = trends(dollar_bars[1][:300], np.arange(300), 5, 20)
    np.testing.assert_allclose(value[:6], [t for t, _ in MLFINPY], rtol=1e-11)
    assert n_bars[:6].tolist() == [n for _, n in MLFINPY]
    assert np.sign(value[:280]).tolist().count(-1.0) == 157
    assert value[:280].sum() == pytest.approx(-419.12772498140407, rel=1e-11)
    assert np.abs(value[:280]).max() == pytest.approx(26.83281572999687, rel=1e-11)
    assert n_bars[:280].sum() == 4025
    assert np.flatnonzero(np.isnan(value)).tolist() == list(range(281, 300))
    assert (n_bars[281:] == 0).all()


def brute_force(prices, shortest):
    """Return the t-value of largest size over all horizons, the first of equal ones, by scipy."""
    best = 0.0, shortest
    for n in range(shortest, prices.size + 1):
        line = linregress(np.arange(n), prices[:n])
        t = line.slope / line.stderr
        best = (t, n) if abs(t) > abs(best[0]) else best
    return best


@pytest.mark.parametrize("seed", range(8))
def test_law_equals_scipy_regressions_over_every_horizon(seed):
    prices = 100 + np.random.default_rng(seed).standard_normal(40).cumsum()
    shortest = 3 + seed
    value, n_bars = trends(prices, np.array([0, 4]), shortest, 30)
    for k, start in enumerate((0, 4)):
        t, n = brute_force(prices[start : start + 30], shortest)
        assert value[k] == pytest.approx(t, rel=1e-9)
        assert n_bars[k] == n


walks = st.lists(st.integers(-9, 9), min_size=12, max_size=40)


@given(walks, st.integers(3, 6))
@settings(deadline=None, max_examples=150)
def test_law_mirror_shift_and_scale(steps, shortest):
    prices = np.cumsum(np.array(steps, dtype=float))
    at = np.arange(prices.size)
    value, n_bars = trends(prices, at, shortest, 10)
    for other, sign in ((-prices, -1), (prices + 4096, 1), (prices * 0.25, 1)):
        moved, n_other = trends(other, at, shortest, 10)
        np.testing.assert_array_equal(moved, sign * value)
        np.testing.assert_array_equal(n_other, n_bars)


@given(walks, st.integers(1, 40))
@settings(deadline=None, max_examples=100)
def test_law_what_follows_the_longest_regression_changes_no_bit(steps, cut):
    prices = 1000.1 + 0.1 * np.cumsum(np.array(steps, dtype=float))
    full, piece = (trends(x, np.arange(x.size), 3, 8) for x in (prices, prices[:cut]))
    n_known = max(piece[0].size - 7, 0)
    np.testing.assert_array_equal(full[0][:n_known], piece[0][:n_known])
    assert np.isnan(piece[0][n_known:]).all()


def exact(prices, shortest):
    """The rule in fractions: the sign of the slope at the first of the largest squared t-values."""
    best, sign = Fraction(0), 0
    for n in range(shortest, len(prices) + 1):
        time, moves = [Fraction(2 * i - n + 1, 2) for i in range(n)], [Fraction(p - prices[0]) for p in prices[:n]]
        mean = sum(moves) / n
        shared = sum(t * m for t, m in zip(time, moves, strict=True))
        explained = shared * shared / sum(t * t for t in time)
        residual = sum((m - mean) ** 2 for m in moves) - explained
        if residual and explained * (n - 2) / residual > best:
            best, sign = explained * (n - 2) / residual, 1 if shared > 0 else -1
    return best, sign


@pytest.mark.parametrize("tick", [0.25, 0.01, 1e-5])
def test_of_two_equal_t_values_that_of_the_shorter_horizon_counts(tick):
    """All paths of five steps of up to two ticks: none on a line from the start, whose t-value is endless."""
    for steps in product(range(-2, 3), repeat=5):
        ticks = np.cumsum([4000, *steps])
        best, sign = exact(ticks.tolist(), 4)
        if best and len({*steps[:3]}) > 1:
            value, _ = scan(ticks * tick, 4)
            assert (np.sign(value), value**2) == (sign, pytest.approx(float(best), rel=1e-6)), steps


def test_prices_that_stand_still_have_no_trend():
    value, n_bars = trends(np.full(30, 100.1), np.arange(30), 5, 10)
    assert (value[:21] == 0).all()
    assert (n_bars[:21] == 5).all()


@pytest.mark.parametrize("slope", [0.1, -0.1])
def test_prices_on_a_line_have_a_large_finite_t_value_over_the_longest_horizon(slope):
    value, n_bars = trends(100 + slope * np.arange(50.0), np.arange(20), 5, 20)
    np.testing.assert_allclose(value, math.copysign(math.sqrt(18e12), slope), rtol=1e-6)
    assert (n_bars == 20).all()


def test_a_far_level_costs_no_digits():
    """Sums about the first price: a trend of ticks of .00001 at a price of 100,000 is told as well as at 0."""
    moves = np.random.default_rng(3).integers(-5, 7, 60).cumsum() * 2.0**-17
    np.testing.assert_allclose(
        trends(1e5 + moves, np.arange(20), 5, 40)[0], trends(moves, np.arange(20), 5, 40)[0], rtol=1e-12
    )


def test_data_shorter_than_the_longest_horizon_and_one_bar():
    for n in (1, 19):
        value, n_bars = trends(np.arange(n, dtype=float), np.arange(n), 5, 20)
        assert np.isnan(value).all()
        assert (n_bars == 0).all()
