"""Many trades at once: side by side as one by one, as brute force, with limits, mirrored and scaled."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.labels.barriers import BOTH, OPEN, VERTICAL, ExitRules
from assay.labels.exits import UNLIMITED, leave, leave_all
from assay.labels.touches import LANES
from tests.labels.test_barriers import brute_force

MODES = list(itertools.product([False, True], [False, True], [1, -1]))
EVENTS = {
    "every bar": np.arange,
    "some bars": lambda n: np.arange(3, n, 5),
    "bars that repeat": lambda n: np.repeat(np.arange(n), 2),
    "the end": lambda n: np.arange(n - LANES - 7, n),
}


def market(seed, n):
    """Return bars of ticks of 1 and distances of two barriers for each, as whole numbers."""
    rng = np.random.default_rng(seed)
    ticks = 1000.0 + rng.integers(-2, 3, (n, 6)).cumsum().reshape(n, 6)
    columns = ticks[:, 0].copy(), ticks.max(axis=1), ticks.min(axis=1), ticks[:, -1].copy()
    return columns, rng.integers(1, 25, n).astype(float), rng.integers(1, 25, n).astype(float)


@pytest.mark.parametrize("which", EVENTS)
@pytest.mark.parametrize(("at_close", "resting", "side"), MODES)
def test_law_together_as_one_by_one_and_as_brute_force(at_close, resting, side, which):
    columns, tp, sl = market(1, 700)
    rules = ExitRules(2, 40, at_close, resting, 1e-6)
    at = EVENTS[which](700)
    found = leave_all(*columns, at, side, tp[at], sl[at], rules, UNLIMITED)
    alone = [leave(*columns, i, side, tp[i], sl[i], rules) for i in at]
    for together, one_by_one in zip(found, zip(*alone, strict=True), strict=True):
        np.testing.assert_array_equal(together, np.array(one_by_one))
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    for k in range(0, at.size, 7):
        expected = brute_force(rows, int(at[k]), side, tp[at[k]], sl[at[k]], rules)
        assert (found[0][k], found[2][k]) == (expected[0], expected[-1])
    assert np.unique(found[2]).size >= 3


@pytest.mark.parametrize(("at_close", "resting", "side"), MODES)
@given(st.lists(st.booleans(), min_size=120, max_size=120), st.integers(1, 30))
@settings(deadline=None, max_examples=25)
def test_law_a_limit_is_a_shorter_horizon_and_goes_before_the_shortest(at_close, resting, side, flat, shortest):
    columns, tp, sl = market(2, 120)
    coming = [next((j for j in range(i + 1, 120) if flat[j]), 120) for i in range(120)]
    rules = ExitRules(shortest, 30, at_close, resting, 1e-6)
    found = leave_all(*columns, np.arange(120), side, tp, sl, rules, np.array(coming))
    for i, end, price, reason in zip(range(120), *(column.tolist() for column in found), strict=True):
        left = min(30, coming[i] - i)
        own = rules._replace(max_horizon=left, min_horizon=min(shortest, left))
        expected = leave(*columns, i, side, tp[i], sl[i], own)
        if left < shortest:
            no_barrier = leave(*columns, i, side, np.inf, np.inf, own)
            expected = no_barrier
            assert reason in (VERTICAL, OPEN)
        np.testing.assert_equal((end, price, reason), expected)


@pytest.mark.parametrize(("at_close", "resting"), list(itertools.product([False, True], [False, True])))
def test_law_mirrored_prices_swap_long_and_short(at_close, resting):
    (open_, high, low, close), tp, sl = market(3, 500)
    rules, at = ExitRules(1, 25, at_close, resting, 1e-6), np.arange(500)
    long = leave_all(open_, high, low, close, at, 1, tp, sl, rules, UNLIMITED)
    mirror = 4096 - open_, 4096 - low, 4096 - high, 4096 - close
    short = leave_all(*mirror, at, -1, tp, sl, rules, UNLIMITED)
    np.testing.assert_array_equal(long[0], short[0])
    np.testing.assert_array_equal(long[1], 4096 - short[1])
    np.testing.assert_array_equal(long[2], short[2])


@pytest.mark.parametrize("scale", [0.25, 64.0])
def test_law_prices_and_distances_of_another_scale_end_the_same_way(scale):
    columns, tp, sl = market(4, 500)
    rules, at = ExitRules(1, 25, False, True, 1e-6), np.arange(500)
    plain = leave_all(*columns, at, 1, tp, sl, rules, UNLIMITED)
    scaled = [scale * column for column in columns]
    other = leave_all(*scaled, at, 1, scale * tp, scale * sl, rules._replace(tolerance=scale * 1e-6), UNLIMITED)
    np.testing.assert_array_equal(plain[0], other[0])
    np.testing.assert_array_equal(scale * plain[1], other[1])
    np.testing.assert_array_equal(plain[2], other[2])


def test_a_horizon_longer_than_the_data_decides_only_what_touches():
    columns, _, _ = market(5, 300)
    rules, far = ExitRules(1, 100_000, True, False, 1e-6), np.full(300, 1e6)
    ends, prices, reasons = leave_all(*columns, np.arange(300), 1, far, far, rules, UNLIMITED)
    assert (ends == -1).all()
    assert np.isnan(prices).all()
    assert (reasons == OPEN).all()


def test_no_event_has_no_outcome():
    columns, tp, sl = market(6, 10)
    none = np.empty(0, np.int64)
    assert [x.size for x in leave_all(*columns, none, 1, tp[:0], sl[:0], ExitRules(1, 3, True, True, 0.0), none)] == [
        0,
        0,
        0,
    ]


def test_prices_that_are_not_numbers_touch_nothing():
    """Tables refuse NaN; were one to come through, the trade ends by time at a price that is NaN, not at 0."""
    close = np.full(80, 100.0)
    close[5:] = np.nan
    rules, wide = ExitRules(1, 3, True, False, 0.0), np.full(70, 1.0)
    ends, prices, reasons = leave_all(*[close] * 4, np.arange(70), 1, wide, wide, rules, UNLIMITED)
    assert (reasons == VERTICAL).all()
    np.testing.assert_array_equal(np.isnan(prices), ends >= 5)


def test_both_barriers_inside_one_bar_are_told_apart_side_by_side_too():
    n = 3 * LANES
    flat = np.full(n, 100.0)
    high, low = flat.copy(), flat.copy()
    high[50], low[50] = 103.0, 97.0
    wide, rules = np.full(n, 2.0), ExitRules(1, 10, True, True, 1e-6)
    _, _, reasons = leave_all(flat, high, low, flat, np.arange(n), 1, wide, wide, rules, UNLIMITED)
    assert np.flatnonzero(reasons == BOTH).tolist() == list(range(40, 50))
