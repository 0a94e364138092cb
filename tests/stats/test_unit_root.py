"""The augmented Dickey-Fuller test: statsmodels' values, a published table, brute force, and its size."""

from __future__ import annotations

import itertools
import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.stats.fractional import difference
from assay.stats.unit_root import DickeyFuller, dickey_fuller


def congruential(n):
    """Return n numbers from -1/2 to 1/2 by x -> 1103515245 x + 12345 modulo 2^31, from 1."""
    states = itertools.accumulate(range(n), lambda x, _: (1103515245 * x + 12345) % 2**31, initial=1)
    return np.array(list(states)[1:]) / 2**31 - 0.5


NOISE = congruential(400)
WALK = np.cumsum(NOISE)
SERIES = {
    "noise": NOISE,
    "walk": WALK,
    "autoregressive": np.array(list(itertools.accumulate([0.0, *NOISE[1:]], lambda x, e: 0.9 * x + e))),
    "twelve": WALK[:12],
    "trend": WALK + 0.1 * np.arange(400),
}
# statsmodels 0.14.6, adfuller(x, maxlag=1, regression="c", autolag=None): statistic, rows, 5 % point.
STATSMODELS = {
    "noise": (-13.15413989180533, 398, -2.868829424528516),
    "walk": (-0.3323721033517654, 398, -2.868829424528516),
    "autoregressive": (-4.683003651139263, 398, -2.868829424528516),
    "twelve": (0.28370119480333544, 10, -3.23295),
    "trend": (-1.653472046257277, 398, -2.868829424528516),
}
# adfuller of the log closes of mlfinlab's dollar bars, differences down to weights of 1e-3.
DOLLAR_BARS = {0.0: -2.4391, 0.1: -2.9856, 0.2: -4.3172, 0.4: -8.2040, 1.0: -23.7982}


@pytest.mark.parametrize("name", SERIES)
def test_equals_statsmodels(name):
    found, (statistic, n_rows, critical) = dickey_fuller(SERIES[name]), STATSMODELS[name]
    assert found.statistic == pytest.approx(statistic, rel=1e-11)
    assert found.n_rows == n_rows
    assert found.critical == pytest.approx(critical, rel=1e-14)
    assert found.stationary == (statistic < critical)


@pytest.mark.parametrize("order", DOLLAR_BARS)
def test_differences_of_dollar_bars(order, shared):
    close = np.log(pl.read_csv(shared / "mlfinpy" / "dollar_bar_sample.csv")["close"].to_numpy())
    found = dickey_fuller(difference(close, order, 1e-3))
    assert found.statistic == pytest.approx(DOLLAR_BARS[order], abs=5e-5)
    assert found.stationary == (order > 0)


def test_critical_values_of_the_literature():
    """-2.86 in the limit (Fuller 1976); -2.8623 of Lopez de Prado 2018, table 5.1, is that of some 3,800 days."""
    assert DickeyFuller(0.0, 10**12).critical == pytest.approx(-2.86154)
    assert round(DickeyFuller(0.0, 3_800).critical, 4) == -2.8623
    assert DickeyFuller(0.0, 10).critical == pytest.approx(-2.86154 - 0.28903 - 0.04234 - 0.04004)


def test_of_random_walks_one_in_twenty_is_told_stationary():
    walks = np.cumsum(np.random.default_rng(4).standard_normal((2_000, 150)), axis=1)
    share = np.mean([dickey_fuller(walk).stationary for walk in walks])
    assert share == pytest.approx(0.05, abs=3 * math.sqrt(0.05 * 0.95 / 2_000))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-1000, 1000), min_size=7, max_size=60), st.sets(st.integers(0, 59), max_size=4))
def test_equals_least_squares_by_brute_force_also_around_holes(values, holes):
    x = np.cumsum(np.array(values, dtype=float))
    x[[hole for hole in holes if hole < x.size]] = np.nan
    rows = [(x[t] - x[t - 1], 1.0, x[t - 1], x[t - 1] - x[t - 2]) for t in range(2, x.size)]
    table = np.array([row for row in rows if np.isfinite(row).all()]).reshape(-1, 4)
    found = dickey_fuller(x)
    assert found.n_rows == len(table)
    if len(table) < 5 or np.linalg.cond(table[:, 1:]) > 1e6:
        return
    slope, rest, _, _ = np.linalg.lstsq(table[:, 1:], table[:, 0], rcond=None)
    error = np.linalg.inv(table[:, 1:].T @ table[:, 1:])[1, 1] * rest[0] / (len(table) - 3)
    if error > 1e-12:
        assert found.statistic == pytest.approx(slope[1] / math.sqrt(error), rel=1e-6, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.floats(-100, 100), st.floats(0.01, 100), st.integers(-30, 30), st.sampled_from(sorted(SERIES)))
def test_neither_level_nor_unit_nor_sign_matters(level, unit, power, name):
    x = SERIES[name]
    told = dickey_fuller(x).statistic
    assert dickey_fuller(level + unit * x).statistic == pytest.approx(told, rel=1e-8)
    assert dickey_fuller(-(2.0**power) * x).statistic == told


def test_a_head_without_values_changes_no_bit():
    headed = np.concatenate((np.full(70, np.nan), WALK))
    assert dickey_fuller(headed) == dickey_fuller(WALK)


@pytest.mark.parametrize(
    ("x", "n_rows"),
    [
        (np.empty(0), 0),
        (np.array([1.0]), 0),
        (np.arange(5.0) ** 2, 3),
        (np.full(50, 7.0), 48),
        (np.arange(50.0), 48),
        (np.full(50, np.nan), 0),
        (np.full(50, np.inf), 0),
    ],
)
def test_where_there_is_no_statistic_nothing_is_told_stationary(x, n_rows):
    found = dickey_fuller(x)
    assert math.isnan(found.statistic)
    assert found.n_rows == n_rows
    assert math.isnan(found.critical) == (n_rows == 0)
    assert not found.stationary
