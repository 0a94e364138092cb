"""Cross-correlations of ranks: those of scipy's ranks by brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata, spearmanr

from assay.sources.health.correlogram import change, correlation, following, ranked

VALUES = st.lists(st.sampled_from([-2.0, -1.0, 0.0, 0.5, 1.0, 7.0, np.nan, np.inf]), min_size=12, max_size=40)


def brute(x, z, lag):
    """Box and Jenkins' estimator, term by term, of ranks about their mean; 0 where there is no value."""
    ranks = []
    for column in (x, z):
        known, out = np.isfinite(column), np.zeros(column.size)
        if known.any():
            out[known] = rankdata(column[known]) - (known.sum() + 1) / 2
        ranks.append(out)
    size = np.sqrt((ranks[0] ** 2).sum() * (ranks[1] ** 2).sum())
    pairs = [(t, t + lag) for t in range(x.size) if 0 <= t + lag < x.size]
    return sum(ranks[0][t] * ranks[1][s] for t, s in pairs) / size if size else 0.0


@settings(deadline=None, max_examples=100)
@given(VALUES, st.randoms(use_true_random=False), st.integers(-5, 5))
def test_the_correlation_at_a_lag_by_brute_force(values, random, lag):
    x = np.array(values)
    z = np.array(random.sample(values, len(values)))
    assert correlation(ranked(x), ranked(z), lag) == pytest.approx(brute(x, z, lag), abs=1e-12)


def test_at_lag_0_it_is_spearmans():
    draw = np.random.default_rng(0)
    x = np.round(draw.standard_normal(500), 1)
    z = x + draw.standard_normal(500)
    assert correlation(ranked(x), ranked(z), 0) == pytest.approx(spearmanr(x, z)[0], rel=1e-12)


def test_sums_of_the_longest_table_stay_exact():
    n = 1 << 18
    up = ranked(np.arange(n, dtype=np.float64))
    assert int((up.ranks.astype(object) ** 2).sum()) == n * (n * n - 1) // 3
    assert correlation(up, up, 0) == 1.0
    assert correlation(up, ranked(-np.arange(n, dtype=np.float64)), 0) == -1.0


def test_changes_and_the_next_value():
    x = np.array([1.0, 3.0, 6.0, 10.0])
    np.testing.assert_array_equal(change(x), [np.nan, 2.0, 3.0, 4.0])
    np.testing.assert_array_equal(change(x, 3), [np.nan, np.nan, np.nan, 9.0])
    np.testing.assert_array_equal(following(x), [3.0, 6.0, 10.0, np.nan])
