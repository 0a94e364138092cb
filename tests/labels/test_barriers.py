"""The exit kernel: AFML's edge cases, every mode by hand, brute force."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.labels.barriers import BOTH, OPEN, SL, TP, VERTICAL, ExitRules, exit_rules
from assay.labels.exits import UNLIMITED, leave, leave_all
from assay.labels.params import TripleBarrierParams

AFML = ExitRules(min_horizon=1, max_horizon=8, at_close=True, resting=False, tolerance=1e-8)
"""Closes only, entered and left at closes, vertical barrier after eight bars."""


def on_closes(closes, side=1, tp=1.0, sl=1.0, rules=AFML):
    prices = np.array(closes, dtype=float)
    return leave(prices, prices, prices, prices, 0, side, tp, sl, rules)


def padded(*closes):
    return [100.0, *closes, *[100.0] * (8 - len(closes))]


def test_afml_3_4_a_move_of_exactly_the_barrier_touches():
    """Widths are of prices: 101 / 100 - 1 is .010000000000000009, and not below .01 by luck."""
    assert on_closes(padded(101.0), tp=100 * 0.01) == (1, 101.0, TP)


@pytest.mark.parametrize(("start", "tick"), [(1.1, 0.1), (0.3, 0.1), (1.10005, 0.00001), (145.055, 0.001)])
@pytest.mark.parametrize("side", [1, -1])
def test_decimals_that_binary_cannot_hold_touch_too(start, tick, side):
    rules = AFML._replace(tolerance=1e-6 * tick)
    for n_ticks in range(1, 9):
        prices = [start] + [round(start + side * n_ticks * tick, 5)] * 8
        assert on_closes(prices, side, tp=n_ticks * tick, rules=rules)[2] == TP
        assert on_closes(prices, -side, sl=n_ticks * tick, rules=rules)[2] == SL
        assert on_closes(prices, side, tp=(n_ticks + 1) * tick, rules=rules)[2] == VERTICAL


def test_afml_3_4_half_a_barrier_at_the_vertical_one():
    assert on_closes([100.0] * 8 + [100.5]) == (8, 100.5, VERTICAL)


def test_afml_3_4_a_touch_on_the_vertical_bar_is_a_touch():
    assert on_closes([100.0] * 8 + [101.5]) == (8, 101.5, TP)


@pytest.mark.parametrize(("price", "reason"), [(98.5, TP), (101.5, SL)])
def test_afml_3_6_short_side(price, reason):
    assert on_closes(padded(100.0, price), side=-1) == (2, price, reason)


def test_unlike_mlfinpy_a_touch_of_two_targets_is_the_profit_it_touched():
    assert on_closes(padded(102.0), tp=2 * 100 * 0.01, sl=2 * 100 * 0.01)[2] == TP


def test_unlike_afml_snippet_3_6_the_stop_has_its_own_distance_without_a_side():
    path = padded(98.9, 98.0)
    assert on_closes(path, tp=1.0, sl=2.0) == (2, 98.0, SL)
    assert on_closes(path, tp=1.0, sl=1.0) == (1, 98.9, SL)


def test_a_barrier_of_infinite_distance_is_none():
    assert on_closes(padded(150.0, 50.0), tp=math.inf, sl=math.inf) == (8, 100.0, VERTICAL)


def test_unlike_mlfinlab_what_the_data_do_not_decide_has_no_outcome():
    assert on_closes([100.0] * 8)[::2] == (-1, OPEN)
    assert on_closes([100.0])[::2] == (-1, OPEN)


def bars(*rows):
    return [np.array(column, dtype=float) for column in zip(*rows, strict=True)]


FLAT = (100, 100, 100, 100)
MARKET = ExitRules(1, 3, at_close=False, resting=False, tolerance=1e-6)
RESTING = ExitRules(1, 3, at_close=False, resting=True, tolerance=1e-6)


@pytest.mark.parametrize(
    ("rows", "side", "rules", "expected"),
    [
        ([FLAT, FLAT, (100, 103, 99, 102), (101.5, 102, 101, 101)], 1, MARKET, (3, 101.5, TP)),
        ([FLAT, FLAT, FLAT, FLAT, (100.5, 101, 100, 101)], 1, MARKET, (4, 100.5, VERTICAL)),
        ([FLAT, FLAT, FLAT, (100, 102, 100, 102)], 1, MARKET, (-1, math.nan, OPEN)),
        ([FLAT, (100, 103, 99, 101)], 1, RESTING, (1, 102, TP)),
        ([FLAT, (100, 101, 98, 99), (97, 98, 97, 97)], 1, RESTING, (2, 97, SL)),
        ([FLAT, (100, 101, 98, 99), (99, 99, 97, 97)], 1, RESTING, (2, 98, SL)),
        ([FLAT, (100, 101, 98, 99)], 1, RESTING, (-1, math.nan, OPEN)),
        ([FLAT, (100, 102, 98, 100), (101, 101, 101, 101)], 1, RESTING, (2, 98, BOTH)),
        ([FLAT, (100, 102, 98, 100), (101, 101, 101, 101)], -1, RESTING, (2, 102, BOTH)),
        ([FLAT, FLAT, (103, 104, 97, 100)], 1, RESTING, (2, 103, TP)),
        ([FLAT, FLAT, (96, 104, 96, 100)], 1, RESTING, (2, 96, SL)),
        ([FLAT, FLAT, (96, 104, 96, 100)], -1, RESTING, (2, 96, TP)),
        ([FLAT, (100, 102, 100, 101), (103, 103, 103, 103)], -1, RESTING, (2, 103, SL)),
        ([FLAT, (100, 103, 100, 101), FLAT], 1, RESTING._replace(min_horizon=2, max_horizon=2), (-1, math.nan, OPEN)),
        ([FLAT, (100, 103, 100, 103), (102, 102, 102, 102)], 1, RESTING._replace(min_horizon=2), (2, 102, TP)),
        ([FLAT, FLAT, FLAT, FLAT], 1, RESTING._replace(at_close=True), (3, 100, VERTICAL)),
        ([FLAT, (99, 99, 97, 98), (99, 99, 99, 99)], 1, RESTING._replace(at_close=True), (2, 98, SL)),
    ],
)
def test_by_hand_two_points_either_way(rows, side, rules, expected):
    end, price, reason = leave(*bars(*rows), 0, side, 2.0, 2.0, rules)
    assert (end, reason) == (expected[0], expected[2])
    np.testing.assert_equal(price, expected[1])


def brute_force(rows, i, side, tp, sl, rules):  # noqa: C901 - the definition in one piece
    """Return the same by reading the definition bar by bar, in whole numbers."""
    n, dead = len(rows), (-1, OPEN)
    at = rows[i][3] if rules.at_close else rows[i + 1][0] if i + 1 < n else None

    def gain(price):
        return side * (price - at)

    def market(j, why):
        if rules.at_close:
            return j, rows[j][3], why
        return (j + 1, rows[j + 1][0], why) if j + 1 < n else dead

    for j in range(i + 1, i + rules.max_horizon + 1):
        if j >= n:
            return dead
        seen = rows[j] if rules.resting else rows[j][3:]
        if j - i >= rules.min_horizon:
            if gain(seen[0]) >= tp or gain(seen[0]) <= -sl:
                why = TP if gain(seen[0]) >= tp else SL
                return (j, seen[0], why) if rules.resting else market(j, why)
            best, worst = max(map(gain, seen)), min(map(gain, seen))
            if worst <= -sl:
                why = BOTH if best >= tp else SL
                return (j + 1, at + side * min(-sl, gain(rows[j + 1][0])), why) if j + 1 < n else dead
            if best >= tp:
                return j, at + side * tp, TP
    return market(i + rules.max_horizon, VERTICAL)


bar = st.tuples(*[st.integers(94, 106)] * 4).map(lambda b: (b[0], max(b), min(b), b[1]))
distance = st.one_of(st.integers(1, 6), st.just(math.inf))


@pytest.mark.parametrize(
    ("at_close", "resting", "side"), list(itertools.product([False, True], [False, True], [1, -1]))
)
@given(st.lists(bar, min_size=1, max_size=12), distance, distance, st.integers(1, 4), st.integers(0, 5))
@settings(deadline=None, max_examples=80)
def test_law_equals_brute_force_in_every_mode(at_close, resting, side, rows, tp, sl, min_horizon, more):
    rules = ExitRules(min_horizon, min_horizon + more, at_close, resting, 1e-6)
    events = np.arange(len(rows))
    widths = np.full(len(rows), float(tp)), np.full(len(rows), float(sl))
    found = leave_all(*bars(*rows), events, side, *widths, rules, UNLIMITED)
    for i, end, price, reason in zip(events.tolist(), *(column.tolist() for column in found), strict=True):
        expected = brute_force(rows, i, side, tp, sl, rules)
        assert (end, price, reason) == expected or ((end, reason) == expected and math.isnan(price))


def test_rules_from_parameters():
    params = TripleBarrierParams(touch="high_low", entry="close", min_horizon_bars=2, max_horizon_bars=9)
    assert exit_rules(params, 0.25) == ExitRules(2, 9, at_close=True, resting=True, tolerance=2.5e-7)
