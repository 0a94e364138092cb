"""Metrics on the AR(3) market of Joubert 2022, "Meta-Labeling: Theory and Framework": the answers are closed forms."""

import math

import numpy as np
import pytest
from scipy.signal import lfilter

from assay.metrics.classification import auc
from assay.metrics.information import information
from assay.metrics.returns import hit_rate
from assay.metrics.sharpe import Sharpe, annualised

PHI = np.array([0.25, -0.20, 0.35])
N = 500_000


@pytest.fixture(scope="module")
def market():
    """Return today's return, what Bayes expects of the next one, and the next one."""
    r = lfilter([1], np.append(1, -PHI), np.random.default_rng(0).standard_normal(N + 103))[100:]
    return r[2:-1], PHI[0] * r[2:-1] + PHI[1] * r[1:-2] + PHI[2] * r[:-3], r[3:]


def within(share, n=N):
    return 4 * math.sqrt(share * (1 - share) / n)


def test_closed_forms_of_the_best_forecast(market):
    """With R² = .165455: accuracy 1/2 + asin(R) / pi, AUC 1/2 + 2 asin(R / sqrt 2) / pi."""
    _, expected, after = market
    assert hit_rate(expected * after) == pytest.approx(0.633342, abs=within(0.633))
    assert auc(after > 0, expected) == pytest.approx(0.685730, abs=within(0.686))


def test_rank_correlations_with_the_next_return_tell_the_first_autocorrelation_and_the_best_r2(market):
    """Of normal variables Spearman's is 6 / pi asin(r / 2) (Pearson 1907): r is .181818 of today's, root of .165455 of
    the best forecast.
    """
    today, expected, after = market
    for forecast, r in ((today, 0.181818), (expected, math.sqrt(0.165455))):
        found = information(forecast, after, 10).mean
        assert 2 * math.sin(math.pi / 6 * found) == pytest.approx(r, abs=4 / math.sqrt(N))


@pytest.mark.parametrize(("rule", "ratio"), [("primary", 1.6370), ("bayes", 3.7429), ("meta", 3.295)])
def test_annual_ratios_of_being_long_when_a_rule_says_so(market, rule, ratio):
    """Primary: after a rise; Bayes: when a rise is expected; meta: only when both are so. Moments of orthants."""
    today, expected, after = market
    long = {"primary": today > 0, "bayes": expected > 0, "meta": (today > 0) & (expected > 0)}[rule]
    assert annualised(Sharpe.of(long * after)) == pytest.approx(ratio, abs=4 * math.sqrt(252 / N))


def test_precision_of_the_primary_rule_and_precision_and_recall_of_the_meta_rule(market):
    """P(up | up) = 1/2 + asin(rho) / pi, rho = .181818; the others by the orthants of three normal variables."""
    today, expected, after = market
    signals, taken = after[today > 0], expected[today > 0] > 0
    assert hit_rate(signals) == pytest.approx(0.558198, abs=within(0.558, N / 2))
    assert hit_rate(signals[taken]) == pytest.approx(0.6481, abs=within(0.648, N / 4))
    assert taken[signals > 0].mean() == pytest.approx(0.7514, abs=within(0.751, N / 4))
