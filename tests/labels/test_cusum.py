"""The CUSUM filter: brute force, equality, gaps."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.labels.cusum import cusum, cusum_step

moves = st.lists(st.integers(-6, 6), min_size=1, max_size=40)


@given(moves, st.integers(1, 9))
@settings(deadline=None, max_examples=200)
def test_law_fires_where_the_largest_rise_or_fall_since_its_last_restart_reaches_the_threshold(steps, threshold):
    x = np.array(steps, dtype=float)
    found = cusum(x, np.full(x.size, float(threshold)))
    restart = {1: 0, -1: 0}
    for i in range(x.size):
        reach = {way: max((way * x[k : i + 1].sum() for k in range(restart[way], i + 1)), default=0) for way in (1, -1)}
        hit = next((way for way in (-1, 1) if reach[way] >= threshold), None)
        assert found[i] == (hit is not None)
        if hit is not None:
            restart[hit] = i + 1


@given(moves, st.integers(1, 9))
@settings(deadline=None, max_examples=100)
def test_law_mirrored_moves_fire_at_the_same_bars_and_scale_does_not_matter(steps, threshold):
    x, h = np.array(steps, dtype=float), np.full(len(steps), float(threshold))
    expected = cusum(x, h)
    np.testing.assert_array_equal(cusum(-x, h), expected)
    np.testing.assert_array_equal(cusum(0.25 * x, 0.25 * h), expected)


def test_equality_fires_and_only_that_side_starts_again():
    assert cusum_step(1.0, -3.0, 1.0, 2.0) == (2.0, 0.0, True)
    assert cusum_step(1.0, 0.0, 1.0, 2.0) == (0.0, 0.0, True)
    assert cusum_step(1.0, 0.0, 0.5, 2.0) == (1.5, 0.0, False)


def test_without_a_move_or_a_threshold_the_filter_stands_still():
    x, h = np.array([math.nan, 5.0, 5.0, 0.0]), np.array([1.0, math.nan, 0.0, 1.0])
    assert not cusum(x, h).any()
