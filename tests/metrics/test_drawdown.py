"""Drawdown, against brute force and the known law of a random walk."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.metrics.drawdown import (
    drawdowns,
    longest_drawdown,
    max_drawdown,
    max_drawdown_of_equity,
    ulcer_index,
)

MAGDON_ISMAIL_DISCRETE = 38.41
"""Mean largest drawdown of a driftless walk of 1,000 unit steps (Magdon-Ismail 2004; by simulation)."""

series = st.lists(st.integers(-5000, 5000), min_size=1, max_size=40).map(lambda bps: np.array(bps) / 10_000)


def test_drawdown_starts_from_the_initial_capital():
    assert max_drawdown(np.array([-0.10, 0.05, 0.02])) == pytest.approx(-0.10)


@settings(deadline=None, max_examples=50)
@given(series)
def test_drawdown_equals_the_worst_of_all_pairs(x):
    wealth = np.r_[1.0, np.cumprod(1 + x)]
    worst = min(wealth[j] / wealth[i] - 1 for j in range(len(wealth)) for i in range(j + 1))
    assert max_drawdown(x) == pytest.approx(worst, abs=1e-12)


@settings(deadline=None, max_examples=50)
@given(series)
def test_a_profit_in_front_changes_no_depth(x):
    assert drawdowns(np.r_[0.2, x])[1:] == pytest.approx(drawdowns(x), abs=1e-12)


def test_longest_drawdown_counts_the_periods_under_water():
    assert longest_drawdown(np.array([0.1, -0.1, 0.05, 0.2, -0.01, 0.2])) == 2
    assert longest_drawdown(np.array([-0.1, 0.0, 0.0])) == 3
    assert longest_drawdown(np.array([0.1, 0.2])) == 0


def test_ulcer_index_is_over_n_periods():
    """The mixed returns of empyrical with a leading zero: quantstats divides by n - 1, others add the start."""
    x = np.array([0, 1, 10, -4, 2, 3, 2, 1, -10]) / 100
    assert ulcer_index(x) == pytest.approx(0.0365645, abs=1e-7)
    assert ulcer_index(x) * math.sqrt(9 / 8) == pytest.approx(0.0387825, abs=1e-7)
    assert ulcer_index(x) * math.sqrt(9 / 10) == pytest.approx(0.0346881, abs=1e-7)


def test_drawdown_of_money_may_pass_below_zero():
    assert max_drawdown_of_equity(np.array([110.0, 60, -20, 30]), 100.0) == -130
    assert max_drawdown_of_equity(np.array([90.0, 95]), 100.0) == -10
    assert math.isnan(max_drawdown_of_equity(np.array([]), 100.0))


def test_expected_drawdown_of_a_driftless_walk_by_magdon_ismail_2004():
    walks = np.cumsum(np.random.default_rng(0).standard_normal((2000, 1000)), axis=1)
    depths = np.array([-max_drawdown_of_equity(walk, 0.0) for walk in walks])
    error = depths.std() / math.sqrt(len(depths))
    assert abs(depths.mean() - MAGDON_ISMAIL_DISCRETE) < 4 * error
    assert math.sqrt(math.pi / 2 * 1000) == pytest.approx(39.63, abs=5e-3)
