"""Paths against brute force and an exact law."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.metrics.drawdown import max_fall
from assay.simulate.bootstrap import step
from assay.simulate.paths import simulate


def test_exact_law_of_the_drawdown_of_six_wins_and_four_losses():
    """All 210 orders: depth 1 in 35, 2 in 120, 3 in 48, 4 in 7; mean 2.128571."""
    found = Counter()
    for losses in combinations(range(10), 4):
        profits = np.ones(10)
        profits[list(losses)] = -1.0
        found[-max_fall(profits.cumsum(), 0.0)] += 1
    assert found == {1: 35, 2: 120, 3: 48, 4: 7}
    assert sum(k * v for k, v in found.items()) / 210 == pytest.approx(2.128571, abs=1e-6)


@given(st.lists(st.integers(-9, 9).map(float), min_size=1, max_size=30))
@settings(deadline=None, max_examples=100)
def test_drawdown_is_the_deepest_of_all_pairs(profits):
    reached = [0.0, *np.cumsum(profits)]
    pairs = min(b - a for i, a in enumerate(reached) for b in reached[i:])
    assert max_fall(np.cumsum(profits), 0.0) == pairs


def test_each_path_is_the_cumulated_profit_of_its_own_indices():
    profits = np.random.default_rng(10).standard_normal(50)
    paths = simulate(profits, 7, 4.0, 51, np.random.default_rng(11))
    generator = np.random.default_rng(11)
    for k in range(7):
        at, reached = -1, [0.0]
        for _ in range(50):
            at = step(at, 50, 1 / 4.0, generator)
            reached.append(reached[-1] + profits[at])
        assert paths.at[k].tolist() == reached
        assert paths.final[k] == reached[-1]
        assert paths.drawdown[k] == max_fall(np.array(reached), 0.0)


def test_the_same_seed_gives_the_same_paths_and_the_marks_do_not_change_them():
    profits = np.random.default_rng(12).standard_normal(500)
    one, two = (simulate(profits, 20, 3.0, n_marks, np.random.default_rng(13)) for n_marks in (200, 5))
    np.testing.assert_array_equal(one.final, two.final)
    np.testing.assert_array_equal(one.drawdown, two.drawdown)
    assert (one.final != simulate(profits, 20, 3.0, 5, np.random.default_rng(14)).final).all()


@pytest.mark.parametrize(("n", "n_marks"), [(2, 200), (199, 200), (200, 200), (650, 200), (10_000, 200)])
def test_marks_are_few_rise_and_hold_both_ends(n, n_marks):
    marks = simulate(np.ones(n), 1, 1.0, n_marks, np.random.default_rng(0)).marks
    assert marks.size == min(n + 1, n_marks)
    assert (np.diff(marks) > 0).all()
    assert (marks[0], marks[-1]) == (0, n)
