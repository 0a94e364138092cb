"""Costs and marks against figures worked out by hand."""

import math

import numpy as np
import pytest

from assay.backtest.book import Market, Orders
from assay.backtest.fills import Terms, fill_costs
from assay.backtest.replay import replay

HAND_CLOSES = np.array([100.0, 101.0, 100.0, 102.0, 103.0, 101.0, 101.0])
HAND_PROFITS = [-0.00990099, 0.02, -0.00980392, 0.01941748]
"""Profit per bar as a fraction of the last close, of position 1, 1, -1, -1 decided at closes 1 to 4."""


@pytest.mark.parametrize(
    ("decided", "side", "profits"), [(1, 1, HAND_PROFITS[:2]), (3, -1, HAND_PROFITS[2:])], ids=["long", "short"]
)
def test_hand_backtest_of_six_closes_and_5_bp_per_unit_turnover(by_closes, one_lot, decided, side, profits):
    """The reversal at close 3 is two round trips here, one per case: four fills in all, net .01771256 together."""
    n = HAND_CLOSES.size
    open_ = np.append(HAND_CLOSES[:1], HAND_CLOSES[:-1])
    low, high = np.minimum(open_, HAND_CLOSES), np.maximum(open_, HAND_CLOSES)
    market = Market(open_, high, low, HAND_CLOSES, np.zeros(n), np.zeros(n, np.int64))
    orders = Orders(np.array([decided]), np.array([side], np.int8), np.array([math.inf]), np.array([math.inf]))
    result = replay(market, orders, by_closes(2, 2), Terms(1.0, 0.0, 0.0, 5e-4), one_lot)
    per_bar = np.diff(result.gross)[decided : decided + 2] / HAND_CLOSES[decided : decided + 2]
    np.testing.assert_allclose(per_bar, profits, atol=5e-9)
    trade = result.trades[0]
    assert trade["fee_cost"] == pytest.approx(5e-4 * (trade["entry"] + trade["exit"]), rel=1e-15)
    assert (trade["entry"], trade["exit"]) == (HAND_CLOSES[decided], HAND_CLOSES[decided + 2])


def test_the_hand_figures_add_up_to_the_published_net():
    assert sum(HAND_PROFITS) - 4 * 5e-4 == pytest.approx(0.01771256, abs=2e-8)


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
