"""Rank correlation with returns to come, on markets whose truth is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.sparse.csgraph
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.metrics.information import FEWEST, clusters, information, quantile_returns, rank_matrix

RNG = np.random.default_rng(5)
N = 40_000
RHO = 0.2
SIGNAL = RNG.standard_normal(N)
RETURNS = RHO * SIGNAL + math.sqrt(1 - RHO**2) * RNG.standard_normal(N)


def test_the_coefficient_is_spearmans():
    expected = scipy.stats.spearmanr(SIGNAL, RETURNS).statistic
    assert information(SIGNAL, RETURNS, 20).mean == pytest.approx(expected, abs=1e-12)
    tied = np.round(SIGNAL)
    expected = scipy.stats.spearmanr(tied, RETURNS).statistic
    assert information(tied, RETURNS, 7).mean == pytest.approx(expected, abs=1e-12)


def test_a_planted_signal_has_its_closed_form():
    """Spearman of a bivariate normal is 6/pi asin(rho/2) (Pearson 1907); each period's error is 1/sqrt(rows)."""
    told = information(SIGNAL, RETURNS, 20)
    assert told.mean == pytest.approx(6 / math.pi * math.asin(RHO / 2), abs=3 / math.sqrt(N))
    assert told.t == pytest.approx(told.mean * math.sqrt(N), rel=0.5)
    assert told.icir == pytest.approx(told.t / math.sqrt(20), rel=1e-12)


def test_quantiles_of_a_planted_signal_have_their_closed_form():
    """The mean of a normal beyond its 80 % quantile is 1.39981."""
    means = quantile_returns(SIGNAL, RETURNS, 5)
    error = 4 / math.sqrt(N / 5)
    np.testing.assert_allclose(means[[0, 2, 4]], [-1.39981 * RHO, 0.0, 1.39981 * RHO], atol=error)


def test_quantiles_are_means_of_equally_many_rows_and_equal_values_stay_together():
    x, y = np.array([3.0, 1.0, 2.0, np.nan, 4.0]), np.array([10.0, 20.0, 30.0, 99.0, 40.0])
    assert quantile_returns(x, y, 2).tolist() == [25.0, 25.0]
    assert quantile_returns(np.ones(4), np.arange(4.0), 3).tolist()[1] == 1.5
    assert np.isnan(quantile_returns(np.ones(4), np.arange(4.0), 3)[[0, 2]]).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("window", "horizon", "by_chance"), [(1, 1, 0.06), (20, 20, 0.06), (120, 20, 0.18), (120, 60, 0.18)]
)
def test_a_random_walk_does_not_seem_to_turn_back(window, horizon, by_chance):
    """Ranked inside periods of 200 rows, 120-bar returns seem to foretell the next 20 with -0.1 and more.

    By chance .06 are 2 standard errors from 0 (Student's t, 19 periods), three times as many of features that last
    more than half a period; two standard errors of 250 seeds are allowed for.
    """
    told, inside = [], []
    for seed in range(250):
        path = np.cumsum(np.random.default_rng(seed).standard_normal(4400))
        at = np.arange(200, 4200)
        x, y = path[at] - path[at - window], path[at + horizon] - path[at]
        told.append(information(x, y, 20))
        if seed < 60:
            parts = zip(np.split(x, 20), np.split(y, 20), strict=True)
            inside.append(np.mean([scipy.stats.spearmanr(*part).statistic for part in parts]))
    error = np.std([one.mean for one in told]) / math.sqrt(250)
    assert abs(np.mean([one.mean for one in told])) < 3 * error + (window + horizon) / 4000
    assert np.mean([abs(one.t) > 2 for one in told]) < by_chance + 2 * math.sqrt(by_chance * (1 - by_chance) / 250)
    if (window, horizon) == (120, 20):
        assert np.mean(inside) < -0.1


def test_a_constant_or_a_short_feature_has_none():
    assert math.isnan(information(np.ones(100), RETURNS[:100], 4).mean)
    few = np.full(100, np.nan)
    few[: FEWEST - 1] = SIGNAL[: FEWEST - 1]
    assert math.isnan(information(few, RETURNS[:100], 4).mean)
    assert information(few, RETURNS[:100], 4).n_rows == FEWEST - 1


def test_rows_without_a_value_are_left_out():
    holes = np.where(np.arange(500) % 3 == 0, np.nan, SIGNAL[:500])
    known = np.isfinite(holes)
    assert information(holes, RETURNS[:500], 5) == information(holes[known], RETURNS[:500][known], 5)


def test_the_matrix_is_scipys():
    columns = [SIGNAL[:300], RETURNS[:300], np.round(SIGNAL[:300])]
    expected = scipy.stats.spearmanr(np.stack(columns, axis=1)).statistic
    np.testing.assert_allclose(rank_matrix(columns), expected, atol=1e-12)


def test_rows_without_a_value_have_the_mean_rank_and_a_constant_is_like_nothing():
    holes = np.where(np.arange(300) < 30, np.nan, SIGNAL[:300])
    told = rank_matrix([holes, holes, SIGNAL[:300], np.ones(300), np.full(300, np.nan)])
    assert told[0, 1] == pytest.approx(1.0, abs=1e-12)
    assert 0.9 < told[0, 2] < 1.0
    assert (told[3:] == 0.0).all()


def test_what_says_the_same_is_one_group_by_a_chain_too():
    far = RNG.standard_normal(2000)
    near = [SIGNAL[:2000], -SIGNAL[:2000], SIGNAL[:2000] + 0.2 * far, SIGNAL[:2000] + 0.4 * far]
    correlation = rank_matrix([far, *near, RETURNS[:2000]])
    assert abs(correlation[1, 4]) < 0.95 < min(abs(correlation[1, 3]), abs(correlation[3, 4]))
    assert clusters(correlation, 0.95).tolist() == [0, 1, 1, 1, 1, 2]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=15))
@settings(deadline=None, max_examples=60)
def test_groups_are_the_components_of_the_graph(edges):
    matrix = np.eye(10)
    for i, j in edges:
        matrix[i, j] = matrix[j, i] = 1.0
    n, label = scipy.sparse.csgraph.connected_components(matrix)
    told = clusters(matrix, 0.9)
    assert told.max() + 1 == n
    np.testing.assert_array_equal(told[:, None] == told, label[:, None] == label)
    assert list(dict.fromkeys(told.tolist())) == list(range(n))
