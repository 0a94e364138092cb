"""Drawdown, against brute force and the known law of a random walk."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.metrics import drawdown
from assay.metrics.drawdown import (
    calmar,
    drawdowns,
    longest_drawdown,
    max_drawdown,
    max_fall,
    peaks,
    ulcer_index,
)

MAGDON_ISMAIL_DISCRETE = 38.41
"""Mean largest drawdown of a driftless walk of 1,000 unit steps (Magdon-Ismail 2004; by simulation)."""
MAGDON_ISMAIL_CONTINUOUS = math.sqrt(math.pi / 2 * 1000)
"""The same of a Brownian motion, 39.63, which also falls between the steps."""

series = st.lists(st.integers(-5000, 5000), min_size=1, max_size=40).map(lambda bps: np.array(bps) / 10_000)


def account(*returns):
    return np.cumprod(1 + np.array(returns))


def test_drawdown_starts_from_the_initial_capital():
    assert max_drawdown(account(-0.10, 0.05, 0.02), 1.0) == pytest.approx(-0.10)


@settings(deadline=None, max_examples=50)
@given(series)
def test_drawdown_equals_the_worst_of_all_pairs(x):
    wealth = np.r_[1.0, np.cumprod(1 + x)]
    worst = min(wealth[j] / wealth[i] - 1 for j in range(len(wealth)) for i in range(j + 1))
    assert max_drawdown(wealth[1:], 1.0) == pytest.approx(worst, abs=1e-12)


@settings(deadline=None, max_examples=50)
@given(series)
def test_a_profit_in_front_changes_no_depth(x):
    assert drawdowns(account(0.2, *x), 1.0)[1:] == pytest.approx(drawdowns(account(*x), 1.0), abs=1e-12)


def test_longest_drawdown_counts_the_periods_under_water():
    assert longest_drawdown(account(0.1, -0.1, 0.05, 0.2, -0.01, 0.2), 1.0) == 2
    assert longest_drawdown(account(-0.1, 0.0, 0.0), 1.0) == 3
    assert longest_drawdown(account(0.1, 0.2), 1.0) == 0


def test_ulcer_index_is_over_n_periods():
    """The mixed returns of empyrical with a leading zero: quantstats divides by n - 1, others add the start."""
    x = account(0, 0.01, 0.10, -0.04, 0.02, 0.03, 0.02, 0.01, -0.10)
    assert ulcer_index(x, 1.0) == pytest.approx(0.0365645, abs=1e-7)
    assert ulcer_index(x, 1.0) * math.sqrt(9 / 8) == pytest.approx(0.0387825, abs=1e-7)
    assert ulcer_index(x, 1.0) * math.sqrt(9 / 10) == pytest.approx(0.0346881, abs=1e-7)


def test_drawdown_of_money_may_pass_below_zero():
    assert max_fall(np.array([110.0, 60, -20, 30]), 100.0) == -130
    assert max_fall(np.array([90.0, 95]), 100.0) == -10
    assert math.isnan(max_fall(np.array([]), 100.0))


def test_what_a_ruined_account_leaves_is_told():
    ruined = np.array([50.0, 0, -20])
    assert drawdowns(ruined, 100.0).tolist() == pytest.approx([-0.5, -1, -1.2])
    assert calmar(ruined, 100.0, 252) == pytest.approx(-1 / 1.2)


def test_interpreted_peaks_and_falls_are_the_same(interpreted):
    walk = np.random.default_rng(1).standard_normal(50).cumsum()
    compiled = peaks(walk, 0.0).tolist(), drawdown.falls(walk, 0.0).tolist(), max_fall(walk, 0.0)
    assert compiled[0] == np.maximum(np.maximum.accumulate(walk), 0.0).tolist()
    interpreted(drawdown)
    plain = drawdown.peaks(walk, 0.0).tolist(), drawdown.falls(walk, 0.0).tolist(), drawdown.max_fall(walk, 0.0)
    assert plain == compiled


def test_expected_drawdown_of_a_driftless_walk_by_magdon_ismail_2004():
    walks = np.cumsum(np.random.default_rng(0).standard_normal((2000, 1000)), axis=1)
    depths = np.array([-max_fall(walk, 0.0) for walk in walks])
    error = depths.std() / math.sqrt(len(depths))
    assert abs(depths.mean() - MAGDON_ISMAIL_DISCRETE) < 4 * error
    assert depths.mean() < MAGDON_ISMAIL_CONTINUOUS
