"""The report of a backtest against figures worked out from its own trades, and its legal extremes."""

import json
import math

import numpy as np
import polars as pl
import pytest
from scipy import stats

from assay.backtest import curve
from assay.backtest.curve import thinned
from assay.backtest.params import BacktestParams
from assay.backtest.run import run
from assay.backtest.summary import summary
from assay.errors import DataError
from assay.labels.params import TripleBarrierParams
from assay.market.costs import CostParams, resolve
from assay.tables.book import EQUITY, ROUND_TRIPS

BARRIERS = TripleBarrierParams(min_horizon_bars=1, max_horizon_bars=5)


@pytest.fixture(scope="module")
def play(draw_market, draw_orders, as_bars, as_predictions, future):
    def run_it(n_bars, share=0.5, seed=3, **params):
        bars = as_bars(draw_market(seed, n_bars))
        predictions = as_predictions(draw_orders(seed, n_bars, share), bars)
        costs = resolve(CostParams(), future)
        result = run(bars, predictions, BacktestParams(**params), costs, future, BARRIERS)
        curves = curve.tested(result, predictions)
        return result, curves, summary(result, curves, 100_000.0, future), predictions

    return run_it


def test_totals_counts_and_rates_are_those_of_the_trades(play):
    result, _, report, predictions = play(400)
    json.dumps(report, allow_nan=False)
    for book in ("signals", "selected"):
        trades, figures = result.trades.filter(pl.col("book") == book), report[book]
        assert figures["n_trades"] == trades.height == sum(figures[f"n_{r}"] for r in ("tp", "sl", "both", "vertical"))
        assert figures["gross"] - figures["spread_cost"] - figures["fee_cost"] == pytest.approx(figures["net"])
        assert figures["hit_rate"] == pytest.approx((trades["net"] > 0).mean())
        wins = trades.filter(pl.col("net") > 0)["net"].sum()
        assert figures["profit_factor"] == pytest.approx(wins / (wins - trades["net"].sum()))
        skipped = sum(v for k, v in figures.items() if k.startswith("n_skipped_"))
        assert figures["n_signals"] == figures["n_trades"] + figures["n_open_at_end"] + skipped
    assert report["signals"]["n_signals"] == predictions.height
    assert report["selected"]["n_signals"] == predictions["take"].sum()


def test_returns_per_trade_come_with_their_interval_and_psr_by_its_formula(play):
    result, _, report, _ = play(400)
    returns = result.trades.filter(pl.col("book") == "signals")["net_return"].to_numpy()
    figures = report["signals"]
    interval = figures["net_return_bps"]
    assert interval["mean"] == pytest.approx(returns.mean() * 1e4)
    assert interval["low"] < interval["mean"] < interval["high"]
    ratio = returns.mean() / returns.std(ddof=1)
    spread = 1 - stats.skew(returns) * ratio + (stats.kurtosis(returns, fisher=False) - 1) / 4 * ratio**2
    expected = stats.norm.cdf(ratio * math.sqrt((interval["n_effective"] - 1) / spread))
    assert figures["psr"] == pytest.approx(expected)
    assert figures["survivable_trials"] == 0


def test_days_are_aggregated_and_annualised_from_sixty_on(play):
    assert play(1180)[2]["signals"]["sharpe_annualised"] is None
    _, curves, report, _ = play(1260, share=0.9)
    figures = report["signals"]
    rows = curves.filter(pl.col("book") == "signals")
    last = [rows.filter(pl.col("session") == day)["net"][-1] for day in rows["session"].unique().sort()]
    daily = np.diff([100_000.0, *last]) / 100_000.0
    assert figures["n_days"] == len(last) >= 60
    assert figures["sharpe_annualised"] == pytest.approx(daily.mean() / daily.std(ddof=1) * math.sqrt(365.25))
    peak = np.maximum.accumulate(np.append(100_000.0, rows["net"]))
    assert figures["max_drawdown_net"] == pytest.approx((rows["net"].to_numpy() - peak[1:]).min())
    assert figures["exposure"] == pytest.approx((rows["position"] != 0).mean())


def test_account_figures_are_of_the_closes_of_days_and_annual_ones_need_sixty(play):
    annual = ("sharpe_annualised", "sortino_annualised", "volatility_annualised", "calmar")
    short = play(1180)[2]["signals"]
    assert [short[name] for name in annual] == [None] * 4
    _, curves, report, _ = play(1260, share=0.9)
    figures, rows = report["signals"], curves.filter(pl.col("book") == "signals")
    last = rows.group_by("session", maintain_order=True).last()["net"].to_numpy()
    account = np.append(100_000.0, last)
    daily, depth = np.diff(account) / 100_000.0, (account / np.maximum.accumulate(account) - 1)[1:]
    per_year = math.sqrt(365.25)
    assert figures["ulcer_index"] == pytest.approx(math.sqrt((depth**2).mean()))
    assert figures["longest_drawdown_days"] == max(map(len, "".join("-" if d < 0 else " " for d in depth).split()))
    assert figures["sortino_annualised"] == pytest.approx(
        daily.mean() / math.sqrt((np.minimum(daily, 0) ** 2).mean()) * per_year
    )
    assert figures["volatility_annualised"] == pytest.approx(daily.std(ddof=1) * per_year)
    growth = (last[-1] / 100_000.0) ** (365.25 / last.size) - 1
    assert figures["calmar"] == pytest.approx(growth / -depth.min())
    assert figures["tail_ratio"] == pytest.approx(abs(np.quantile(daily, 0.95) / np.quantile(daily, 0.05)))


@pytest.mark.parametrize("share", [0.0, 0.02])
def test_no_trades_is_a_legal_result(play, share):
    result, curves, report, _ = play(60, share, max_session_loss=0.0, sizing="risk", risk_fraction=1e-9)
    assert result.trades.is_empty()
    ROUND_TRIPS.check(result.trades, "trades")
    assert EQUITY.check(result.equity, "equity")["net"].to_list() == [100_000.0] * 120
    json.dumps(report, allow_nan=False)
    assert report["selected"]["net"] == 0
    assert report["selected"]["psr"] is None
    assert thinned(curves).columns == ["bar", "time", "signals_gross", "signals_net", "selected_net"]


def test_the_tested_time_starts_with_the_first_decision_and_ends_with_the_last_trade(play):
    result, curves, _, predictions = play(200, 0.03)
    assert curves["ordinal"].min() == predictions["ordinal"].min()
    assert curves["ordinal"].max() == max(predictions["ordinal"].max(), result.trades["exited"].max())


def test_a_thinned_curve_is_short_and_keeps_the_end(play):
    _, curves, _, _ = play(500)
    few = thinned(curves, 50)
    assert 25 < few.height <= 50
    assert few["signals_net"][-1] == curves.filter(pl.col("book") == "signals")["net"][-1]
    assert few["bar"].diff().drop_nulls().n_unique() == 1


def test_trades_carry_the_fold_of_their_decision_and_the_times_of_their_fills(play):
    result, _, _, predictions = play(300)
    trades = result.trades.join(predictions, left_on="decided", right_on="ordinal")
    assert trades["fold"].to_list() == trades["fold_right"].to_list()
    assert (trades["entered_at"] > trades["t0"]).all()


def test_a_prediction_of_no_bar_is_refused(draw_market, draw_orders, as_bars, as_predictions, future):
    bars = as_bars(draw_market(3, 100))
    predictions = as_predictions(draw_orders(3, 100), bars)
    with pytest.raises(DataError, match="predictions: must be of the 50 bars"):
        run(bars[:50], predictions, BacktestParams(), resolve(CostParams(), future), future, BARRIERS)
