from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.stats import rolling

N = 1300
RNG = np.random.default_rng(20240101)
WALK = 100.0 + np.cumsum(RNG.standard_normal(N))
NOISE = RNG.standard_normal(N)

UNARY = {
    "total": rolling.total,
    "mean": rolling.mean,
    "std": rolling.std,
    "zscore": rolling.zscore,
    "skewness": rolling.skewness,
    "kurtosis": rolling.kurtosis,
    "correlation": lambda x, w: rolling.correlation(x, rolling.lagged(x, 1), w),
    "highest": rolling.highest,
    "lowest": rolling.lowest,
}


def brute(function, window, *columns):
    """Apply a function to each whole window."""
    out = np.full(columns[0].size, np.nan)
    for i in range(window - 1, out.size):
        out[i] = function(*(column[i - window + 1 : i + 1] for column in columns))
    return out


@pytest.mark.parametrize("window", [2, 7, 120, 513])
def test_sums_moments_and_extremes_equal_pandas(window):
    peer, drift = pd.Series(WALK).rolling(window), 1e-9  # pandas carries its variance from window to window
    np.testing.assert_allclose(rolling.total(WALK, window), peer.sum(), rtol=1e-12)
    np.testing.assert_allclose(rolling.mean(WALK, window), peer.mean(), rtol=1e-12)
    np.testing.assert_allclose(rolling.std(WALK, window), peer.std(), atol=drift)
    np.testing.assert_allclose(rolling.std(WALK, window, ddof=0), peer.std(ddof=0), atol=drift)
    np.testing.assert_array_equal(rolling.highest(WALK, window), peer.max())
    np.testing.assert_array_equal(rolling.lowest(WALK, window), peer.min())
    expected = (pd.Series(WALK) - peer.mean()) / peer.std()
    np.testing.assert_allclose(rolling.zscore(WALK, window), expected, atol=1e-7)


def test_windows_of_several_lengths_equal_pandas_and_each_alone_to_the_bit():
    windows, square = (24, 1, 480, 120, 2 * N), NOISE * NOISE
    means, roots = rolling.averages(WALK, windows), rolling.root_means(square, windows)
    for window, mean, root in zip(windows, means, roots, strict=True):
        np.testing.assert_allclose(mean, pd.Series(WALK).rolling(window).mean(), rtol=1e-12)
        np.testing.assert_allclose(root, np.sqrt(pd.Series(square).rolling(window).mean()), rtol=1e-9)
        np.testing.assert_array_equal(mean, rolling.average(WALK, window))
        np.testing.assert_array_equal(root, rolling.root_mean(square, window))


@given(st.lists(st.integers(1, 70), min_size=1, max_size=4), st.integers(1, 200))
@settings(deadline=None, max_examples=30)
def test_means_of_whole_numbers_are_the_nearest_there_are(windows, n):
    x = np.random.default_rng(n).integers(-1000, 1000, n).astype(float)
    for window, told in zip(windows, rolling.averages(x, tuple(windows)), strict=True):
        np.testing.assert_array_equal(told, brute(lambda values: math.fsum(values) / values.size, window, x))


@pytest.mark.parametrize("window", [5, 120])
def test_shape_of_a_window_equals_scipy(window):
    np.testing.assert_allclose(rolling.skewness(NOISE, window), brute(scipy.stats.skew, window, NOISE), atol=1e-11)
    np.testing.assert_allclose(rolling.kurtosis(NOISE, window), brute(scipy.stats.kurtosis, window, NOISE), atol=1e-11)


def test_correlation_equals_pandas():
    expected = pd.Series(WALK).rolling(50).corr(pd.Series(NOISE))
    np.testing.assert_allclose(rolling.correlation(WALK, NOISE, 50), expected, atol=1e-10)


def test_deviation_survives_a_level_a_billion_times_larger():
    x = 1e9 + np.array([0.0, 0.25, -0.25, 0.5, 0.125])
    exact = [Fraction(v) for v in x]
    centre = sum(exact) / 5
    variance = sum((v - centre) ** 2 for v in exact) / 4
    assert rolling.std(x, 5)[-1] == pytest.approx(math.sqrt(variance), rel=1e-12)


@given(st.floats(-1e12, 1e12, allow_subnormal=False), st.integers(2, 40))
@settings(deadline=None, max_examples=50)
def test_a_constant_window_has_its_constant_as_mean_and_exactly_no_deviation(value, window):
    x = np.concatenate([WALK[:30], np.full(60, value)])
    assert (rolling.mean(x, window)[30 + window - 1 :] == value).all()
    assert (rolling.std(x, window)[30 + window - 1 :] == 0.0).all()
    for undefined in (rolling.zscore, rolling.skewness, rolling.kurtosis, UNARY["correlation"]):
        assert np.isnan(undefined(x, window)[31 + window :]).all()


@pytest.mark.parametrize("name", UNARY)
def test_a_value_depends_on_its_window_alone_bit_for_bit(name):
    window = 24
    whole = UNARY[name](WALK, window)
    for cut in (1, 23, 24, 511, 512, 535, 536, 1100):
        np.testing.assert_array_equal(UNARY[name](WALK[:cut].copy(), window), whole[:cut])
    for last in (30, 600, N - 1):
        np.testing.assert_array_equal(UNARY[name](WALK[last - window : last + 1].copy(), window)[-1], whole[last])


@pytest.mark.parametrize("name", UNARY)
def test_a_window_with_a_hole_is_undefined_and_the_next_whole_one_is_not(name):
    x = NOISE[:60].copy()
    x[20] = np.nan
    values = UNARY[name](x, 5)
    assert np.isnan(values[20:25]).all()
    assert np.isfinite(values[26:]).all()


@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("n_rows", [0, 1, 4])
def test_a_series_shorter_than_its_window_is_undefined(name, n_rows):
    values = UNARY[name](WALK[:n_rows].copy(), 5)
    assert values.size == n_rows
    assert np.isnan(values).all()


def test_covariance_and_beta_equal_numpy():
    y = 0.3 * WALK + NOISE
    expected = brute(lambda a, b: np.cov(a, b)[0, 1], 40, WALK, y)
    np.testing.assert_allclose(rolling.covariance(WALK, y, 40), expected, rtol=1e-10)
    slope = brute(lambda a, b: np.polyfit(a, b, 1)[0], 40, WALK, y)
    np.testing.assert_allclose(rolling.beta(WALK, y, 40), slope, rtol=1e-8)
    assert np.isnan(rolling.beta(np.ones(60), y[:60], 40)).all()


def test_a_window_of_one_is_the_value_itself():
    for function in (rolling.total, rolling.mean, rolling.highest, rolling.lowest):
        np.testing.assert_array_equal(function(NOISE, 1), NOISE)


def test_where_a_value_lies_between_two_others():
    told = rolling.place(np.array([1.0, 2.0, 5.0]), np.array([1.0, 2.0, 1.0]), np.array([3.0, 2.0, 5.0]))
    np.testing.assert_array_equal(told, [0.0, np.nan, 1.0])


def test_growth_is_the_change_over_what_was_before():
    np.testing.assert_array_equal(rolling.growth(np.array([2.0, 3.0, 1.5])), [np.nan, 0.5, -0.5])
    assert np.isnan(rolling.growth(np.ones(3), 5)).all()


def test_directions_are_signs_of_changes():
    told = rolling.direction(np.array([2.0, 3.0, 3.0, 1.5, np.nan, 1.0]))
    np.testing.assert_array_equal(told, [np.nan, 1.0, 0.0, -1.0, np.nan, np.nan])
    assert rolling.direction(np.zeros(0)).size == 0


def test_what_stands_still_over_its_look_back_is_undefined():
    moved = np.array([False, True, False, False, False, True])
    told = rolling.moving(np.arange(6.0), moved, 3)
    np.testing.assert_array_equal(told, [np.nan, 1.0, 2.0, np.nan, np.nan, 5.0])


def test_ratio_is_undefined_and_never_infinite_where_it_divides_by_nothing():
    values = rolling.ratio(np.array([1.0, 0.0, 3.0, np.nan]), np.array([0.0, 0.0, 2.0, 1.0]))
    np.testing.assert_array_equal(values, [np.nan, np.nan, 1.5, np.nan])


def test_lags_and_changes_look_back():
    x = np.array([1.0, 4.0, 9.0])
    np.testing.assert_array_equal(rolling.lagged(x, 1), [np.nan, 1.0, 4.0])
    np.testing.assert_array_equal(rolling.lagged(x, 5), [np.nan] * 3)
    np.testing.assert_array_equal(rolling.change(x, 2), [np.nan, np.nan, 8.0])
