"""Sizes and limits, by hand."""

import math

import numpy as np
import pytest
from pydantic import ValidationError

from assay.backtest.book import Market, Orders
from assay.backtest.params import BacktestParams
from assay.backtest.replay import replay
from assay.backtest.sizing import Sizing, lots_for, sizing

N = 40


@pytest.fixture
def falling():
    """Falls by 1 at every bar, without a gap; sessions of ten bars."""
    close = 1000.0 - np.arange(N)
    return Market(close + 1, close + 1, close, close, np.zeros(N), 1 + np.arange(N) // 10)


@pytest.fixture
def longs():
    """A long at every bar, its stop at 2: left at the open two bars after its entry, with a loss of 2."""
    return Orders(np.arange(N), np.ones(N, np.int8), np.full(N, math.inf), np.full(N, 2.0))


def limited(n_trades, loss):
    return Sizing(100_000.0, False, 1.0, 0.01, 1.0, 1.0, n_trades, loss)


def test_risk_of_one_percent_of_100_000_at_a_stop_of_half_a_point_of_50_is_40_lots(future):
    by_risk = sizing(BacktestParams(sizing="risk"), future)
    assert lots_for(100_000.0, 0.5, by_risk) == 40
    assert lots_for(99_999.0, 0.5, by_risk) == 39
    assert lots_for(100_000.0, 21.0, by_risk) == 0
    assert lots_for(100_000.0, math.inf, by_risk) == 0
    assert lots_for(-1.0, 0.5, by_risk) == 0


def test_fixed_lots_are_rounded_down_to_what_can_be_traded(future):
    pair = future.model_copy(update={"lot": 0.1})
    assert lots_for(1.0, 1.0, sizing(BacktestParams(lots=0.3), pair)) == pytest.approx(0.3)
    assert lots_for(1.0, 1.0, sizing(BacktestParams(lots=0.39), pair)) == pytest.approx(0.3)
    assert lots_for(1.0, 1.0, sizing(BacktestParams(lots=0.39), future)) == 0


@pytest.mark.parametrize(("lots", "smallest"), [(1e12, 1e-12), (1.0, 1e-300), (1e300, 1.0)])
def test_sizes_of_more_multiples_than_an_integer_holds_are_traded(future, lots, smallest):
    fixed = sizing(BacktestParams(), future)._replace(lots=lots, smallest=smallest)
    assert lots_for(1.0, 1.0, fixed) == pytest.approx(lots, rel=1e-8)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lots", 1e300),
        ("capital", 1e300),
        ("capital", 1e-300),
        ("max_session_loss", 1e300),
        ("max_trades_per_session", 2**63),
    ],
)
def test_amounts_beyond_reason_are_refused(name, value):
    with pytest.raises(ValidationError, match=rf"{name}\n.*than or equal to"):
        BacktestParams.model_validate({name: value})


def test_no_more_trades_in_a_session_than_allowed(falling, longs, by_closes, free):
    result = replay(falling, longs, by_closes(1, 50), free, limited(2, 0.0))
    per_session = np.bincount(1 + result.trades["decided"] // 10)[1:]
    assert per_session.tolist() == [2, 2, 2, 2]
    assert result.state["session_trades"] > 0


def test_after_the_session_loss_is_reached_nothing_is_entered_until_the_next(falling, longs, by_closes, free):
    result = replay(falling, longs, by_closes(1, 50), free, limited(0, 4.0))
    assert result.trades["net"].tolist() == [-2.0] * result.trades.size
    assert result.trades["decided"].tolist()[:4] == [0, 3, 10, 13]
    assert result.state["session_loss"] > 0


def test_no_limit_is_no_limit(falling, longs, by_closes, free):
    assert replay(falling, longs, by_closes(1, 50), free, limited(0, 0.0)).trades["decided"].tolist() == [
        *range(0, 37, 3)
    ]


def test_risk_sizes_follow_the_realised_net_equity(falling, longs, by_closes, free):
    by_risk = Sizing(1000.0, True, 1.0, 0.1, 1.0, 1.0, 0, 0.0)
    trades = replay(falling, longs, by_closes(1, 50), free, by_risk).trades
    equity = 1000.0 + np.append(0.0, trades["net"].cumsum()[:-1])
    assert trades["lots"].tolist() == np.floor(0.1 * equity / 2).tolist()
