"""Laws that hold for every market, every list of decisions and every price of a fill."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.backtest.book import FLAT, SKIPS, TRADE
from assay.backtest.fills import Terms
from assay.backtest.replay import replay
from assay.backtest.sizing import Sizing
from assay.labels.barriers import ExitRules
from assay.labels.exits import leave

SEEDS = st.integers(0, 10_000)
LENGTHS = st.integers(1, 90)
RULES = st.builds(
    lambda shortest, more, resting: ExitRules(shortest, shortest + more, False, resting, 1e-7),
    st.integers(1, 4),
    st.integers(0, 8),
    st.booleans(),
)
TERMS = st.builds(
    Terms, st.sampled_from([1.0, 50.0]), st.sampled_from([0.0, 0.25]), st.sampled_from([0.0, 2.25]), st.just(1e-5)
)
SIZES = st.builds(
    lambda by_risk, trades, loss: Sizing(100_000.0, by_risk, 2.0, 0.01, 1.0, 50.0, trades, loss),
    st.booleans(),
    st.sampled_from([0, 2]),
    st.sampled_from([0.0, 50.0]),
)
FINISHED = [name for name in TRADE.names if name != "order"]


def cut(columns, n):
    return type(columns)(*(column[:n] for column in columns))


def until(orders, n):
    return cut(orders, int((orders.decided < n).sum()))


@pytest.fixture(scope="module")
def play(draw_market, draw_orders):
    def run(seed, n, rules, terms, sizes):
        return replay(draw_market(seed, n), draw_orders(seed, n), rules, terms, sizes)

    return run


@given(SEEDS, LENGTHS, RULES, TERMS, SIZES)
@settings(deadline=None, max_examples=60)
def test_cash_is_conserved(play, seed, n, rules, terms, sizes):
    result = play(seed, n, rules, terms, sizes)
    assert result.net[-1] == pytest.approx(result.trades["net"].sum(), abs=1e-6)
    assert result.gross[-1] == pytest.approx(result.trades["gross"].sum(), abs=1e-6)
    assert result.position[-1] == 0 or result.state["status"] == FLAT


@given(SEEDS, LENGTHS, RULES, TERMS, SIZES)
@settings(deadline=None, max_examples=60)
def test_net_is_gross_less_spread_slippage_and_fees_in_this_order_to_the_bit(play, seed, n, rules, terms, sizes):
    trades = play(seed, n, rules, terms, sizes).trades
    net = trades["gross"] - trades["spread_cost"] - trades["slippage_cost"] - trades["fee_cost"]
    np.testing.assert_array_equal(net, trades["net"])


@given(SEEDS, LENGTHS, RULES, TERMS, SIZES)
@settings(deadline=None, max_examples=60)
def test_never_two_positions_and_no_fill_at_the_close_that_decides(play, seed, n, rules, terms, sizes):
    trades = play(seed, n, rules, terms, sizes).trades
    assert (trades["entered"] == trades["decided"] + 1).all()
    assert (trades["exited"] >= trades["entered"]).all()
    assert (trades["decided"][1:] >= trades["exited"][:-1]).all()
    assert (trades["entered"][1:] > trades["exited"][:-1]).all()


@given(SEEDS, LENGTHS, RULES, TERMS, SIZES)
@settings(deadline=None, max_examples=60)
def test_every_decision_is_traded_skipped_for_a_reason_or_open_at_the_end(
    play, draw_orders, seed, n, rules, terms, sizes
):
    result = play(seed, n, rules, terms, sizes)
    left = draw_orders(seed, n).decided.size - result.trades.size - sum(int(result.state[name]) for name in SKIPS)
    assert left == int(result.state["status"] != FLAT)


@given(SEEDS, LENGTHS, RULES)
@settings(deadline=None, max_examples=60)
def test_trades_are_those_of_the_exit_kernel_taken_one_after_another(
    draw_market, draw_orders, free, one_lot, seed, n, rules
):
    market, orders = draw_market(seed, n), draw_orders(seed, n)
    expected, flat_from = [], 0
    for i, side, tp, sl in zip(*orders, strict=True):
        if i < flat_from:
            continue
        end, price, reason = leave(*market[:4], i, int(side), tp, sl, rules)
        if end < 0:
            break
        flat_from = end
        expected.append((i, end, price, reason))
    trades = replay(market, orders, rules, free, one_lot).trades
    assert trades[["decided", "exited", "exit", "reason"]].tolist() == expected


@given(SEEDS, LENGTHS, RULES, TERMS, SIZES, st.floats(0.1, 1))
@settings(deadline=None, max_examples=60)
def test_prefix_invariance_trades_finished_by_a_bar_do_not_know_what_follows(
    draw_market, draw_orders, seed, n, rules, terms, sizes, share
):
    market, orders, known = draw_market(seed, n), draw_orders(seed, n), max(int(share * n), 1)
    whole = replay(market, orders, rules, terms, sizes)
    part = replay(cut(market, known), until(orders, known), rules, terms, sizes)
    finished = whole.trades[whole.trades["exited"] < known]
    np.testing.assert_array_equal(part.trades[FINISHED], finished[FINISHED])


@given(SEEDS, RULES)
@settings(deadline=None, max_examples=30)
def test_equity_at_a_close_marks_the_open_trade_there(draw_market, draw_orders, free, one_lot, seed, rules):
    market, orders = draw_market(seed, 60), draw_orders(seed, 60)
    result = replay(market, orders, rules, free, one_lot)
    for j in range(60):
        done = result.trades[result.trades["exited"] <= j]
        held = result.trades[(result.trades["entered"] <= j) & (result.trades["exited"] > j)]
        marked = (held["side"] * (market.close[j] - held["entry"])).sum()
        assert result.gross[j] == pytest.approx(done["gross"].sum() + marked, abs=1e-9)
        assert result.position[j] == held["side"].sum()
