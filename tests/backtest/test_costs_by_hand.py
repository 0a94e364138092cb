"""Costs and marks against figures worked out by hand."""

import math

import numpy as np
import pytest

from assay.backtest.book import Market, Orders
from assay.backtest.fills import Terms, fill_costs
from assay.backtest.replay import replay

HAND_CLOSES = np.array([100.0, 101.0, 100.0, 102.0, 103.0, 101.0, 101.0])


@pytest.fixture
def hand_backtest(by_closes, one_lot):
    """Return a function from the closes that decide to profits per bar and net, as fractions of what was traded.

    Long for two bars, then short for two, at 5 bp per unit turnover: two round trips, since a reversal is no one order.
    """
    n = HAND_CLOSES.size
    open_ = np.append(HAND_CLOSES[:1], HAND_CLOSES[:-1])
    low, high = np.minimum(open_, HAND_CLOSES), np.maximum(open_, HAND_CLOSES)
    market = Market(open_, high, low, HAND_CLOSES, np.zeros(n), np.zeros(n, np.int64))

    def run(*decided):
        profits, fees = [], 0.0
        for i, side in zip(decided, (1, -1), strict=True):
            orders = Orders(np.array([i]), np.array([side], np.int8), np.array([math.inf]), np.array([math.inf]))
            result = replay(market, orders, by_closes(2, 2), Terms(1.0, 0.0, 0.0, 5e-4), one_lot)
            (trade,) = result.trades
            assert (trade["entry"], trade["exit"]) == (HAND_CLOSES[i], HAND_CLOSES[i + 2])
            profits += (np.diff(result.gross)[i : i + 2] / HAND_CLOSES[i : i + 2]).tolist()
            fees += 2 * trade["fee_cost"] / (trade["entry"] + trade["exit"])
        return profits, sum(profits) - fees

    return run


def test_hand_backtest_of_six_closes_and_5_bp_per_unit_turnover(hand_backtest):
    profits, net = hand_backtest(1, 3)
    assert profits == pytest.approx([-0.00990099, 0.02, -0.00980392, 0.01941748], abs=5e-9)
    assert net == pytest.approx(0.01771256, abs=1e-8)


def test_known_bad_the_same_bar_misuse_of_the_hand_backtest_is_a_decision_one_close_earlier(hand_backtest):
    """A position times the return of the very bar that decided it: what a look at the next close would have made."""
    profits, _ = hand_backtest(0, 2)
    assert sum(profits) == pytest.approx(-0.02970491, abs=1e-8)


def test_a_fill_of_two_lots_costs_half_the_spread_a_tick_of_slippage_and_two_commissions():
    terms = Terms(50.0, 0.25, 2.25, 1e-4)
    assert fill_costs(1600.0, 2.0, 0.5, terms.slippage, terms) == pytest.approx((25.0, 25.0, 4.5 + 16.0))
    assert fill_costs(1600.0, 2.0, 0.5, 0.0, terms)[1] == 0.0


def test_a_round_trip_pays_the_spread_of_each_of_its_bars(draw_market, by_closes, one_lot):
    market = draw_market(1, 10)._replace(spread=np.arange(10.0))
    orders = Orders(np.array([2]), np.array([1], np.int8), np.array([math.inf]), np.array([math.inf]))
    trade = replay(market, orders, by_closes(3, 3), Terms(50.0, 0.0, 0.0, 0.0), one_lot).trades[0]
    assert (trade["entered"], trade["exited"]) == (3, 6)
    assert trade["spread_cost"] == 50.0 * (3.0 / 2 + 6.0 / 2)
