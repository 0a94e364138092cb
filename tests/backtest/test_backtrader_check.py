"""Backtrader 1.9.78 makes the same trades of the same decisions."""

import subprocess
import sys

import polars as pl
import pytest

from assay.backtest.backtrader_check import crosscheck, replay
from assay.backtest.params import BacktestParams
from assay.backtest.run import run
from assay.errors import DataError, ParamsError
from assay.labels.params import TripleBarrierParams
from assay.market.costs import CostParams, resolve

BARRIERS = TripleBarrierParams(min_horizon_bars=2, max_horizon_bars=9)
PARAMS = BacktestParams(lots=2.0, crosscheck=True)


@pytest.fixture(scope="module", params=[7, 8])
def case(request, draw_market, draw_orders, as_bars, as_predictions, future):
    bars = as_bars(draw_market(request.param, 400))
    predictions = as_predictions(draw_orders(request.param, 400), bars)
    result = run(bars, predictions, PARAMS, resolve(CostParams(), future), future, BARRIERS)
    return result, bars, predictions


def test_backtrader_enters_exits_and_earns_the_same(case, future):
    result, bars, predictions = case
    theirs = replay(bars, predictions, 2.0, future, BARRIERS)
    ours = result.trades.filter(pl.col("book") == "signals")
    assert len(theirs) == ours.height > 30
    assert [t.entered for t in theirs] == ours["entered"].to_list()
    assert [t.exited for t in theirs] == ours["exited"].to_list()
    assert [t.gross for t in theirs] == pytest.approx(ours["gross"].to_list())
    crosscheck(result, bars, predictions, PARAMS, future, BARRIERS)


@pytest.mark.parametrize("column", ["exited", "entry", "gross"])
def test_planted_a_single_changed_trade_is_caught(case, future, column):
    result, bars, predictions = case
    changed = pl.when(pl.int_range(pl.len()) == 11).then(pl.col(column) + 1).otherwise(pl.col(column))
    planted = result._replace(trades=result.trades.with_columns(changed.alias(column)))
    with pytest.raises(DataError, match=r"book signals: trades must be those of Backtrader; found trade 11"):
        crosscheck(planted, bars, predictions, PARAMS, future, BARRIERS)


def test_planted_a_missing_trade_is_caught(case, future):
    result, bars, predictions = case
    planted = result._replace(trades=result.trades.filter(pl.int_range(pl.len()) != pl.len() - 1))
    with pytest.raises(DataError, match=r"book selected: trades must be those of Backtrader; found \d+ trades here"):
        crosscheck(planted, bars, predictions, PARAMS, future, BARRIERS)


@pytest.mark.parametrize(
    ("params", "touch"), [({"sizing": "risk"}, "close"), ({"max_trades_per_session": 1}, "close"), ({}, "high_low")]
)
def test_what_the_replay_does_not_know_is_refused(case, future, params, touch):
    barriers = BARRIERS.model_copy(update={"touch": touch})
    with pytest.raises(ParamsError, match="crosscheck replays fixed sizing"):
        crosscheck(*case, BacktestParams(**params), future, barriers)


def test_backtrader_is_not_imported_unless_asked_for():
    code = "import sys, stages.backtest; sys.exit('backtrader' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
