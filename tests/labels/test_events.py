"""CUSUM events: published counts, brute force, causality."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.labels.events import cusum, cusum_step, events
from assay.labels.params import EventParams

MLFINPY_EVENTS = {0.02: 9, 0.01: 37, 0.005: 100}
"""Events on the 1,000 dollar bars by threshold, log return."""


@pytest.mark.parametrize("threshold", MLFINPY_EVENTS)
def test_mlfinpy_cusum_events(dollar_bars, mlfinpy, threshold):
    closed_at, close = dollar_bars
    params = EventParams(method="cusum", cusum_unit="log_return", cusum_threshold=threshold)
    found = events(close, params)
    assert found.size == MLFINPY_EVENTS[threshold]
    np.testing.assert_array_equal(closed_at[found], mlfinpy(f"cusum_{threshold}")["t"])


def test_every_bar():
    assert events(np.full(4, 100.0), EventParams()).tolist() == [0, 1, 2, 3]


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


def test_equality_fires_and_only_that_side_starts_again():
    assert cusum_step(1.0, -3.0, 1.0, 2.0) == (2.0, 0.0, True)
    assert cusum_step(1.0, 0.0, 1.0, 2.0) == (0.0, 0.0, True)
    assert cusum_step(1.0, 0.0, 0.5, 2.0) == (1.5, 0.0, False)


def test_without_a_move_or_a_threshold_the_filter_stands_still():
    x, h = np.array([math.nan, 5.0, 5.0, 0.0]), np.array([1.0, math.nan, 0.0, 1.0])
    assert not cusum(x, h).any()
    assert events(np.full(80, 100.0), EventParams(method="cusum")).size == 0


def test_volatility_threshold_is_known_at_its_bar():
    close = 100 + np.random.default_rng(3).standard_normal(400).cumsum()
    params = EventParams(method="cusum", cusum_threshold=3.0, volatility_window=20)
    full = events(close, params)
    assert 10 < full.size < 200
    for cut in range(50, 400, 50):
        np.testing.assert_array_equal(events(close[:cut], params), full[full < cut])
