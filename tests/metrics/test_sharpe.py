"""The Sharpe family, against Bailey and López de Prado 2012 and 2014, Lo 2002, pypbo, mlfinlab, skfolio, quadrature."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr

from assay.metrics.interval import hac_mean
from assay.metrics.sharpe import (
    Sharpe,
    dsr,
    eta,
    expected_max_sharpe,
    min_track_record,
    psr,
    survivable_trials,
)

TWELVE = np.array([0.01, -0.02, 0.03, 0.005, -0.01, 0.02, 0.015, -0.005, 0, 0.01, 0.012, -0.018])
DEFLATED_2014 = Sharpe(2.5 / math.sqrt(250), 1250, -3, 10)
VARIANCE_2014 = 0.5 / 250

ratios = st.builds(Sharpe, st.floats(-0.5, 0.5), st.integers(10, 5000), st.floats(-1, 1), st.floats(3, 10))


def exact_expected_max(n):
    return quad(lambda x: x * n * math.exp(-x * x / 2) / math.sqrt(2 * math.pi) * ndtr(x) ** (n - 1), -12, 12)[0]


@pytest.mark.parametrize(
    ("estimate", "expected"),
    [
        (Sharpe(0.458, 24), 0.981675),
        (Sharpe(0.458, 24, -2.448, 10.164), 0.913361),
        (Sharpe(1.585 / math.sqrt(12), 24, -2.448, 10.164), 0.9132343),
        (DEFLATED_2014, 0.9999969),
    ],
)
def test_psr_of_bailey_and_lopez_de_prado(estimate, expected):
    assert psr(estimate) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("estimate", "error", "years"),
    [
        (Sharpe(0.7079, 134, -0.2250, 2.9570), 0.102761, 0.7152),
        (Sharpe(0.8183, 134, -1.4455, 7.0497), 0.155007, 1.1593),
    ],
)
def test_track_record_of_bailey_and_lopez_de_prado_2012(estimate, error, years):
    assert estimate.standard_error == pytest.approx(error, abs=1e-6)
    assert min_track_record(estimate) / 12 == pytest.approx(years, abs=5e-5)


def test_track_record_in_months_of_rubenbriones():
    assert min_track_record(Sharpe(0.7079, 134, -0.2250, 2.9570)) == pytest.approx(8.5826, abs=5e-5)


def test_track_record_of_figure_8_in_2012():
    needed = min_track_record(Sharpe(2 / math.sqrt(250), 750), 1 / math.sqrt(250))
    assert needed / 250 == pytest.approx(2.731188, abs=1e-6)


def test_mlfinlab():
    assert psr(Sharpe(1.14, 250), 1) == pytest.approx(0.957278, abs=1e-6)
    assert min_track_record(Sharpe(1.14, 250), 1) == pytest.approx(228.73498, abs=1e-5)


@pytest.mark.parametrize(("n", "factor"), [(100, 2.530603), (10, 1.574598), (1000, 3.255122)])
def test_expected_max_of_pypbo(n, factor):
    assert expected_max_sharpe(n, 1) == pytest.approx(factor, abs=1e-6)


@pytest.mark.parametrize(
    ("n", "expected"),
    [(2, 0.564190), (3, 0.846284), (5, 1.162964), (10, 1.538753), (100, 2.507594), (1000, 3.241436)],
)
def test_expected_max_is_near_the_exact_one(n, expected):
    exact = exact_expected_max(n)
    assert exact == pytest.approx(expected, abs=1e-6)
    assert expected_max_sharpe(n, 1) == pytest.approx(exact, rel=0.085 if n == 2 else 0.03)


def test_expected_max_is_eight_percent_low_for_two_trials():
    assert expected_max_sharpe(2, 1) / exact_expected_max(2) - 1 == pytest.approx(-0.08, abs=5e-3)


def test_deflated_sharpe_of_bailey_and_lopez_de_prado_2014():
    best = expected_max_sharpe(100, VARIANCE_2014)
    assert best == pytest.approx(0.113172, abs=1e-6)
    assert best * math.sqrt(250) == pytest.approx(1.7894, abs=5e-5)
    assert dsr(DEFLATED_2014, 100, VARIANCE_2014) == pytest.approx(0.9003968, abs=1e-6)


def test_shortest_backtest_of_bailey_et_al_2014_by_pypbo():
    """The best of 45 trials without skill shows an annual ratio of 1 over 4.998087 years; the bound says 7.613325."""
    assert expected_max_sharpe(45, 1 / 4.998087) == pytest.approx(1, abs=1e-6)
    assert expected_max_sharpe(45, 1 / 7.613325) < 1


@pytest.mark.parametrize("n", [2, 3, 10, 45, 1000, 10**6, 10**12])
def test_shortest_backtest_is_shorter_than_its_bound_of_twice_the_log(n):
    assert expected_max_sharpe(n, 1 / (2 * math.log(n))) < 1


def test_psr_convention_is_that_of_skfolio():
    assert psr(Sharpe.of(TWELVE)) == pytest.approx(0.8071104, abs=1e-7)


def test_psr_with_biased_moments_differs_from_quantstats():
    zero_first = np.array([0, 1, 10, -4, 2, 3, 2, 1, -10]) / 100
    assert psr(Sharpe.of(zero_first)) == pytest.approx(0.612440, abs=1e-6)
    assert psr(Sharpe.of(zero_first)) != pytest.approx(0.611828, abs=1e-4)


def test_one_trial_has_nothing_to_choose_from():
    assert expected_max_sharpe(1, 1) == 0
    assert dsr(DEFLATED_2014, 1, VARIANCE_2014) == psr(DEFLATED_2014)


def test_no_track_record_is_long_enough_for_a_ratio_that_is_not_above():
    assert min_track_record(Sharpe(0.1, 100), 0.1) == math.inf
    assert math.isnan(min_track_record(Sharpe(0.05, 100), 0.1))
    assert math.isnan(min_track_record(Sharpe(math.nan, 100), 0.1))


@pytest.mark.parametrize(("rho", "expected"), [(0.1, 3.160110), (0.2, 2.878849), (0.5, 2.121288), (0.0, 3.464102)])
def test_eta_of_lo_2002(rho, expected):
    assert eta(12, rho ** np.arange(1, 30)) == pytest.approx(expected, abs=1e-6)


def test_eta_of_no_lag_is_the_root():
    assert eta(252, np.array([])) == pytest.approx(math.sqrt(252))


@settings(deadline=None, max_examples=100)
@given(ratios, st.integers(2, 10_000), st.integers(1, 1000), st.floats(1e-4, 0.1), st.floats(1.1, 5))
def test_deflation_falls_with_trials_and_with_their_variance(estimate, n, more, variance, wider):
    value = dsr(estimate, n, variance)
    assert dsr(estimate, n + more, variance) <= value
    assert dsr(estimate, n, variance * wider) <= value


@settings(deadline=None, max_examples=100)
@given(ratios, st.floats(-0.5, 0.5))
def test_a_record_as_long_as_needed_is_just_significant(estimate, benchmark):
    needed = min_track_record(estimate, benchmark)
    if estimate.per_period <= benchmark:
        assert not 0 < needed < math.inf
    elif needed < 1e12:
        longer = Sharpe(estimate.per_period, needed, estimate.skewness, estimate.kurtosis)
        assert psr(longer, benchmark) == pytest.approx(0.95, abs=1e-6)


@settings(deadline=None, max_examples=50)
@given(ratios)
def test_survivable_trials_are_the_last_that_deflation_lets_pass(estimate):
    n, variance = survivable_trials(estimate), 1 / (estimate.n - 1)
    assert (n == 0) == (psr(estimate) <= 0.95)
    assert n == 0 or dsr(estimate, n, variance) > 0.95
    assert n == 10**12 or dsr(estimate, n + 1, variance) <= 0.95


@pytest.mark.parametrize(
    "returns", [np.array([]), np.array([0.1]), np.zeros(50), np.full(50, 0.1), np.arange(50) * 1e100]
)
def test_returns_that_do_not_vary_or_vary_beyond_reason_have_no_ratio(returns):
    estimate = Sharpe.of(returns)
    assert math.isnan(estimate.per_period)
    assert math.isnan(psr(estimate))
    assert survivable_trials(estimate) == 0


def test_deflation_is_conservative_on_noise_where_the_plain_ratio_is_not():
    """Of 600 noise markets the best of 20 shows PSR > .95 in 61 % and DSR > .95 in none; here 150 markets."""
    rng = np.random.default_rng(1)
    plain = deflated = 0
    for _ in range(150):
        trials = [Sharpe.of(column) for column in rng.standard_normal((20, 500))]
        best = max(trials, key=lambda trial: trial.per_period)
        plain += psr(best) > 0.95
        deflated += dsr(best, 20, float(np.var([trial.per_period for trial in trials], ddof=1))) > 0.95
    assert plain / 150 == pytest.approx(0.61, abs=4 * math.sqrt(0.61 * 0.39 / 150))
    assert deflated == 0


def test_overlapping_returns_need_their_effective_number():
    """PSR > .95 on 10-bar overlapping returns of noise fires in 31 %; with n / 10 in about 5 %."""
    rng = np.random.default_rng(2)
    naive = honest = 0
    for _ in range(400):
        steps = np.cumsum(rng.standard_normal(509))
        estimate = Sharpe.of(np.r_[steps[9], steps[10:] - steps[:-10]])
        naive += psr(estimate) > 0.95
        honest += psr(replace(estimate, n=estimate.n / 10)) > 0.95
    assert naive / 400 == pytest.approx(0.31, abs=4 * math.sqrt(0.31 * 0.69 / 400))
    assert honest / 400 < 0.1


@pytest.mark.parametrize(("rho", "size"), [(0.0, 0.052), (0.2, 0.095), (0.5, 0.18)])
def test_autocorrelation_makes_noise_look_significant_unless_counted_out(rho, size):
    """Share of PSR > .95 at a true ratio of 0, 500 returns; with the effective number it is back near .05."""
    x = np.random.default_rng(5).standard_normal((600, 550))
    for t in range(1, 550):
        x[:, t] += rho * x[:, t - 1]
    plain = honest = 0
    for returns in x[:, 50:]:
        estimate = Sharpe.of(returns)
        plain += psr(estimate) > 0.95
        honest += psr(replace(estimate, n=hac_mean(returns).n_effective)) > 0.95
    assert plain / 600 == pytest.approx(size, abs=4 * math.sqrt(size * (1 - size) / 600))
    assert honest / 600 < 0.1


@pytest.mark.slow
def test_fat_tails_do_not_make_noise_look_significant():
    """Share of PSR > .95 at a true ratio of 0, 500 returns of Student's t with 3 degrees of freedom: .050 of 600."""
    fired = [psr(Sharpe.of(returns)) > 0.95 for returns in np.random.default_rng(3).standard_t(3, (5000, 500))]
    assert np.mean(fired) == pytest.approx(0.050, abs=4 * math.sqrt(0.05 * 0.95 * (1 / 600 + 1 / 5000)))


@pytest.mark.slow
@pytest.mark.parametrize(("n_trials", "plain", "corrected"), [(20, 0.61, 0.028), (100, 0.995, 0.068)])
def test_the_best_of_many_trials_is_significant_unless_bonferroni_counts_them(n_trials, plain, corrected):
    """Shares of 600 noise markets whose best trial has PSR > .95, and > 1 - .05 / N; 500 returns a trial."""
    rng = np.random.default_rng(4)
    best = [max(psr(Sharpe.of(trial)) for trial in rng.standard_normal((n_trials, 500))) for _ in range(600)]
    for level, share in ((0.95, plain), (1 - 0.05 / n_trials, corrected)):
        found = float(np.mean(np.array(best) > level))
        assert found == pytest.approx(share, abs=4 * math.sqrt(2 * share * (1 - share) / 600)), level
