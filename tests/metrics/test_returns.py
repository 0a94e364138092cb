"""Metrics of returns, against empyrical, pypbo, quantstats and worked examples."""

import math

import numpy as np
import pytest
import quantstats
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from assay.metrics import drawdown, returns
from assay.metrics.sharpe import Sharpe, annualised, eta

EMPYRICAL_MIXED = np.array([1, 10, -4, 2, 3, 2, 1, -10]) / 100
"""empyrical's "mixed_returns" without its leading NaN."""
ZERO_FIRST = np.r_[0.0, EMPYRICAL_MIXED]
RED_ROCK = np.array([0.17, 0.15, 0.23, -0.05, 0.12, 0.09, 0.13, -0.04])
INVESTEXCEL = np.array([0.0089, 0.0012, -0.002, 0.01, -0.0002, 0.02, 0.03, 0.01, -0.003, 0.01, 0.0102, -0.01])
PYPBO_SHARPE = np.array([0.259, 0.198, 0.364, -0.081, 0.057, 0.055, 0.188, 0.317, 0.24, 0.184, -0.01, 0.526])
YEAR = 252

series = st.lists(st.integers(-5000, 5000), min_size=2, max_size=60).map(lambda bps: np.array(bps) / 10_000)


def account(x):
    return np.cumprod(1 + x)


def annual(x):
    return Sharpe.of(x).per_period * math.sqrt(YEAR)


def test_empyrical_mixed_returns():
    assert annual(EMPYRICAL_MIXED) == pytest.approx(1.7238613961706866, abs=1e-12)
    assert returns.sortino(EMPYRICAL_MIXED, YEAR) == pytest.approx(2.605531251673693, abs=1e-12)
    assert returns.volatility(EMPYRICAL_MIXED, YEAR) == pytest.approx(0.9136465399704637, abs=1e-12)
    assert returns.downside_deviation(EMPYRICAL_MIXED, YEAR) == pytest.approx(0.60448325038829653, abs=1e-12)
    assert drawdown.max_drawdown(account(EMPYRICAL_MIXED), 1) == pytest.approx(-0.1, abs=1e-12)


def test_empyrical_growth_counts_the_period_without_a_return():
    assert drawdown.cagr(account(ZERO_FIRST), 1, YEAR) == pytest.approx(1.9135925373194231, abs=1e-12)
    assert drawdown.calmar(account(ZERO_FIRST), 1, YEAR) == pytest.approx(19.135925373194233, abs=1e-10)


def test_tail_ratio_is_not_what_empyrical_s_test_says_to_one_decimal():
    ours = returns.tail_ratio(EMPYRICAL_MIXED)
    assert ours == pytest.approx(0.955696, abs=1e-6)
    assert abs(ours - 0.947368) > 5e-3


def test_one_leading_zero_moves_everything():
    assert annual(ZERO_FIRST) == pytest.approx(1.6368952, abs=1e-7)
    assert returns.sortino(ZERO_FIRST, YEAR) == pytest.approx(2.4565184, abs=1e-7)
    assert returns.volatility(ZERO_FIRST, YEAR) == pytest.approx(0.8552778, abs=1e-7)


def test_conventions_where_libraries_disagree():
    assert annual(ZERO_FIRST) != pytest.approx(1.73619, abs=1e-3), "ddof 0"
    assert returns.sortino(ZERO_FIRST, YEAR) != pytest.approx(2.07870, abs=1e-3), "deviation of the negatives only"
    assert returns.hit_rate(ZERO_FIRST) == pytest.approx(6 / 9), "a zero counts; quantstats: 6 / 8"
    assert drawdown.ulcer_index(account(ZERO_FIRST), 1) == pytest.approx(0.0365645, abs=1e-7), (
        "over n; quantstats: .0387825"
    )
    assert drawdown.cagr(account(ZERO_FIRST), 1, YEAR) != pytest.approx(2.19531, abs=1e-3), "by calendar days"
    assert returns.profit_factor(ZERO_FIRST) == pytest.approx(1.357143, abs=1e-6)
    assert returns.omega(ZERO_FIRST) == returns.profit_factor(ZERO_FIRST)


def test_sortino_of_red_rock():
    assert returns.sortino(RED_ROCK, 1) == pytest.approx(4.417261, abs=1e-6)


def test_omega_of_investexcel_by_pypbo():
    assert returns.omega(INVESTEXCEL, 0.01) == pytest.approx(0.463901689, abs=1e-9)


def test_sharpe_over_a_benchmark_by_pypbo():
    assert Sharpe.of(PYPBO_SHARPE - 0.05).per_period == pytest.approx(0.8343639, abs=1e-7)


def test_5_minute_bars_taken_for_days_show_a_ninth_of_their_ratio():
    """Worked example of 78 bars a day: 1.918 a year by the root of 78 * 252, .217 by the root of 252."""
    bar = Sharpe(1.918 / math.sqrt(78 * YEAR), n=78 * 500)
    assert annualised(bar, 78 * YEAR) == pytest.approx(1.918)
    assert annualised(bar) == pytest.approx(0.217, abs=5e-4)


@pytest.mark.parametrize("phi", [0.0, 0.2])
def test_bars_added_up_to_days_annualise_as_lo_2002_says_and_their_root_only_if_independent(phi):
    """A mean of .1 and AR(1) noise of unit variance: the daily ratio is ``eta(78)`` times that of a bar."""
    n_days, scale = 4000, math.sqrt(1 - phi * phi)
    noise = lfilter([scale], [1, -phi], np.random.default_rng(0).standard_normal(n_days * 78))
    daily = annualised(Sharpe.of((0.1 + noise).reshape(n_days, 78).sum(axis=1)), YEAR)
    expected = 0.1 * eta(78, phi ** np.arange(1, 78) if phi else np.zeros(77)) * math.sqrt(YEAR)
    error = Sharpe(expected / math.sqrt(YEAR), n_days).standard_error * math.sqrt(YEAR)
    assert abs(daily - expected) < 4 * error
    assert (abs(daily - annualised(Sharpe(0.1, n_days * 78), 78 * YEAR)) > 4 * error) == (phi > 0)


def test_nothing_is_annualised_from_fewer_than_60_days():
    daily = np.random.default_rng(0).normal(0.001, 0.01, 60)
    assert annualised(Sharpe.of(daily)) == pytest.approx(Sharpe.of(daily).per_period * math.sqrt(252))
    assert annualised(Sharpe.of(daily[:59])) is None
    assert annualised(Sharpe.of(np.zeros(100))) is None


def test_rates_of_a_hand_backtest():
    """Closes 100, 101, 100, 102, 103, 101; flat, then long for two bars, then short for two."""
    gross = np.array([0, -1 / 101, 2 / 100, -1 / 102, 2 / 103])
    assert returns.hit_rate(gross) == 2 / 5
    assert returns.payoff(gross) == pytest.approx((2 / 100 + 2 / 103) / (1 / 101 + 1 / 102))


def test_quantstats_agrees_where_conventions_do():
    import pandas as pd

    x = np.random.default_rng(3).normal(0.0005, 0.01, 300)
    days = pd.Series(x, index=pd.date_range("2020-01-01", periods=300, freq="B"))
    assert annual(x) == pytest.approx(quantstats.stats.sharpe(days, periods=YEAR))
    assert returns.sortino(x, YEAR) == pytest.approx(quantstats.stats.sortino(days, periods=YEAR))
    assert returns.volatility(x, YEAR) == pytest.approx(quantstats.stats.volatility(days, periods=YEAR))
    assert drawdown.max_drawdown(account(x), 1) == pytest.approx(quantstats.stats.max_drawdown(days))
    assert drawdown.cagr(account(x), 1, x.size) == pytest.approx(quantstats.stats.comp(days))
    assert returns.profit_factor(x) == pytest.approx(quantstats.stats.profit_factor(days))
    assert returns.payoff(x) == pytest.approx(quantstats.stats.payoff_ratio(days))
    assert returns.tail_ratio(x) == pytest.approx(quantstats.stats.tail_ratio(days))


def test_growth_follows_the_periods_per_year_it_is_given():
    """Quantstats issues 284 and 455: CAGR and Calmar of its reports took 252 whatever was asked for."""
    weekly = np.full(52, 0.01)
    assert drawdown.cagr(account(weekly), 1, 52) == pytest.approx(1.01**52 - 1)
    assert drawdown.cagr(account(weekly), 1, 252) == pytest.approx(1.01**252 - 1)


def test_what_does_not_exist_is_nan():
    empty = np.array([])
    for metric in (returns.hit_rate, returns.omega, returns.tail_ratio, returns.payoff):
        assert math.isnan(metric(empty))
    assert math.isnan(drawdown.cagr(empty, 1, YEAR))
    assert math.isnan(returns.sortino(empty, YEAR))
    assert math.isnan(returns.volatility(np.array([0.1]), YEAR))
    assert math.isnan(drawdown.max_drawdown(empty, 1))
    assert math.isnan(drawdown.ulcer_index(empty, 1))
    assert math.isnan(drawdown.calmar(np.array([1.1]), 1, YEAR))
    assert returns.profit_factor(np.array([0.1, 0.2])) == math.inf
    assert drawdown.cagr(np.array([1.1, 0.0]), 1, YEAR) == -1


@settings(deadline=None, max_examples=50)
@given(series, st.floats(0.1, 10))
def test_ratios_do_not_depend_on_leverage(x, leverage):
    for metric in (returns.profit_factor, returns.payoff, returns.hit_rate):
        assert metric(x * leverage) == pytest.approx(metric(x), nan_ok=True)
