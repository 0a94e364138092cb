"""The threshold net of costs, against its closed form."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import FitError
from assay.learn.threshold import Threshold, break_even, fit

BREAK_EVEN_BY_HAND = [((2, 1, 0), 1 / 3), ((2, 1, 0.2), 0.4), ((1, 1, 0.1), 0.55)]
AT_BARRIERS = Threshold(1.0, 1.0, 0, 0)


@pytest.mark.parametrize(("case", "cut"), BREAK_EVEN_BY_HAND)
def test_cuts_by_hand(case, cut):
    """The closed form: p wins the profit, 1 - p loses the stop, and both pay: ``p = (sl + cost) / (tp + sl)``."""
    tp, sl, cost = (np.array([float(value)]) for value in case)
    assert AT_BARRIERS.cut(tp, sl, np.array([100.0]), cost)[0] == pytest.approx(cut, abs=1e-12)


@given(st.floats(0.01, 10), st.floats(0.01, 10), st.floats(0, 5))
@settings(deadline=None, max_examples=100)
def test_at_the_cut_a_trade_earns_its_costs(gain, loss, cost):
    p = break_even(np.array([gain]), np.array([loss]), np.array([cost]))[0]
    assert p * gain - (1 - p) * loss == pytest.approx(cost, abs=1e-9)


def test_wins_and_losses_are_sized_in_their_barriers():
    gross = np.array([2.0, 1.0, -1.0, 0.0, 4.0] * 4)
    tp, sl, price = np.tile([2.0, 2, 2, 2, 4], 4), np.full(20, 1.0), np.full(20, 50.0)
    weight = np.tile([0.25, 0.25, 0.5, 0.5, 0.25], 4)
    win, loss = (1 + 0.5 + 1) * 0.25 * 4, (0.5 * 1 + 0.5 * 0) * 4
    assert fit(gross, tp, sl, price, weight) == Threshold((win + 1) / (3 + 1), (loss + 1) / (4 + 1), 3.0, 4.0)


def test_without_a_barrier_the_other_one_or_the_price_is_the_unit():
    inf, one = np.array([np.inf]), np.array([1.0])
    price = np.array([50.0])
    assert AT_BARRIERS.cut(inf, one, price, one) == break_even(one, one, one)
    assert AT_BARRIERS.cut(one, inf, price, one) == break_even(one, one, one)
    assert AT_BARRIERS.cut(inf, inf, price, one) == break_even(price, price, one)


def test_without_barriers_a_win_and_a_loss_of_the_size_of_all_outcomes_are_added():
    """By hand: sizes .02, .01, .02, .03 of the price, mean .02; wins .02 + .01, losses .02 + .03."""
    inf, price = np.full(4, np.inf), np.full(4, 50.0)
    found = fit(np.array([1.0, 0.5, -1.0, -1.5]), inf, inf, price, np.ones(4))
    assert found.win == pytest.approx((0.02 + 0.01 + 0.02) / 3, rel=1e-12)
    assert found.loss == pytest.approx((0.02 + 0.03 + 0.02) / 3, rel=1e-12)


@pytest.mark.parametrize("n", [4, 40, 4000])
def test_without_barriers_costs_count_however_few_events_tell(n):
    """Outcomes of .1 % either way and costs of .05 %: worth it from (.1 + .05) / .2 on."""
    inf, price = np.full(n, np.inf), np.full(n, 100.0)
    found = fit(np.tile([0.1, -0.1], n // 2), inf, inf, price, np.ones(n))
    assert found.cut(inf, inf, price, np.full(n, 0.05)) == pytest.approx(0.75, rel=1e-9)


def test_without_barriers_prices_that_do_not_move_are_refused():
    inf, ones = np.full(3, np.inf), np.ones(3)
    with pytest.raises(FitError, match="threshold: needs prices that move where there are no barriers"):
        fit(np.zeros(3), inf, inf, ones, ones)


def test_only_losses_leave_the_win_at_its_barrier():
    ones = np.ones(12)
    assert fit(-ones, ones, ones, ones, ones) == Threshold(1.0, 1.0, 0.0, 12.0)


@given(st.lists(st.tuples(st.floats(-2, 2), st.floats(0.01, 1)), min_size=1, max_size=20), st.integers(2, 5))
@settings(deadline=None, max_examples=100)
def test_an_event_repeated_k_times_at_weight_one_kth_counts_once(events, k):
    gross, weight = np.array(events).T
    ones = np.ones(gross.size)
    once = fit(gross, ones, ones, ones, weight)
    often = fit(*(np.repeat(x, k) for x in (gross, ones, ones, ones)), np.repeat(weight / k, k))
    assert [often.win, often.loss] == pytest.approx([once.win, once.loss])


def test_no_events_are_refused():
    none = np.ones(0)
    with pytest.raises(FitError, match="threshold: needs events; found 0"):
        fit(none, none, none, none, none)


def test_text_reads_back():
    threshold = Threshold(0.7, 0.9, 3, 4)
    assert Threshold.from_json(threshold.to_json()) == threshold
