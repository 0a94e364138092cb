"""The numbers: against brute force, and against the stages' own reports."""

import copy
import json
from types import SimpleNamespace

import polars as pl
import pytest

from assay import store
from assay.report import trades, words
from assay.report.headline import headline
from assay.report.inputs import REPORTS, tables
from assay.report.params import ReportParams
from assay.report.summarize import summarize
from assay.report.tree import rows

METRICS = {
    *("auc", "brier", "win_auc", "win_brier", "signals", "signals_gross_bps", "signals_net_bps", "trades", "net_bps"),
    *("net_low_bps", "net_high_bps", "psr", "max_drawdown_pct", "mc_loss_share"),
}


def test_exits_add_up_to_the_book(full):
    for book, found in summarize(full, ReportParams()).exits.items():
        assert sum(row["n_trades"] for row in found) == full.reports["backtest"][book]["n_trades"]
        assert sum(row["net"] for row in found) == pytest.approx(full.reports["backtest"][book]["net"])


def test_best_and_worst_trades_are_those_of_a_full_sort(full):
    signals = full.trades.filter(pl.col("book") == "signals")
    every = sorted(signals["net_return"].to_list(), reverse=True)
    assert [row["net_return"] for row in trades.extremes(signals, 5)] == [*every[:3], *every[-2:]]
    assert len(trades.extremes(signals, signals.height + 1)) == signals.height
    assert trades.extremes(signals, 0) == []


@pytest.mark.parametrize(("price", "digits"), [(1644.0, 0), (1644.25, 2), (1.10345, 5), (1 / 3, 6)])
def test_prices_are_shown_with_all_their_decimals(price, digits):
    assert trades.price_digits(pl.DataFrame({"entry": [1.0, price], "exit": [2.0, 2.0]})) == digits


def test_folds_carry_their_own_trades(full):
    found = summarize(full, ReportParams()).folds
    assert sum(fold["n_signals"] for fold in found) == full.reports["backtest"]["signals"]["n_trades"]
    first = full.trades.filter((pl.col("book") == "signals") & (pl.col("fold") == 0))["net_return"].mean()
    assert found[0]["signals_net"] == pytest.approx(first)


def test_what_was_taken_and_left_is_every_forecast(full):
    found = summarize(full, ReportParams()).decisions
    assert sum(row["won"] + row["not_won"] for row in found) == full.predictions.height
    assert found[0]["won"] == full.predictions.filter(pl.col("take") & pl.col("win")).height


def test_features_come_by_importance_with_their_definitions(full):
    found = summarize(full, ReportParams(n_features=3)).importance
    assert [row["name"] for row in found] == ["log_return_1", "rv_24", "macro_0"]
    assert all(row["definition"] for row in found)
    assert len(summarize(full, ReportParams(n_features=1)).importance) == 1


def test_days_agree_with_the_backtest(full):
    found = summarize(full, ReportParams())
    assert found.period.n_tested_days == full.reports["backtest"]["signals"]["n_days"]
    assert found.period.n_tested_bars == full.reports["backtest"]["signals"]["n_bars"]


def test_effective_events_and_the_base_rate_stand_beside_rows_and_brier(full, full_page):
    found = full.reports["walkforward"]["overall"]
    assert found["effective_events"] == pytest.approx(found["n_test"] / 4)
    assert f"worth {words.count(found['effective_events'])} that do not overlap" in full_page
    assert (
        f"Brier score {words.fixed(found['win_brier'], 4)}; {words.fixed(found['win_brier_base_rate'], 4)}" in full_page
    )
    for fold in full.reports["walkforward"]["folds"]:
        assert f">{words.fixed(fold['win_brier_base_rate'], 3)}<" in full_page
        assert f">{words.count(fold['effective_events'])}<" in full_page


def test_trials_count_only_where_the_interval_is_above_zero(full):
    book = dict(full.reports["backtest"]["selected"], survivable_trials=9)
    low = {"mean": 1.0, "high": 2.0}
    for value, expected in ((-0.1, 0), (0.0, 0), (None, 0), (0.1, 9)):
        inputs = SimpleNamespace(**vars(full) | {"reports": dict(full.reports)})
        inputs.reports["backtest"] = full.reports["backtest"] | {
            "selected": book | {"net_return_bps": low | {"low": value}}
        }
        assert summarize(inputs, ReportParams()).survived["selected"] == expected


def test_headline_is_flat_and_always_has_every_name(run):
    found = headline(summarize(run.inputs, ReportParams()))
    assert set(found) == METRICS
    assert all(value is None or isinstance(value, (int, float)) for value in found.values())
    json.dumps(found, allow_nan=False)


def test_headline_of_no_trade_has_counts_and_no_results(maker):
    found = headline(summarize(maker.inputs(take=False), ReportParams()))
    assert found["trades"] == 0
    assert [found[name] for name in ("net_bps", "net_low_bps", "psr")] == [None] * 3
    assert found["signals"] > 0


def test_raw_files_of_all_feeds_are_counted_once_beyond_the_limit(maker):
    inputs = copy.deepcopy(maker.inputs(several=True))
    for number, feed in enumerate(inputs.reports["manifest"]["feeds"]):
        origins = {f"{i:04d}": "00" for i in range(300 * number, 300 * number + 600)}
        feed["files"] = [{"origins": origins}, {"origins": origins}]
    found = summarize(inputs, ReportParams())
    assert (len(found.origins), found.n_origins) == (500, 900)


def test_nested_values_become_rows():
    content = {"a": {"b": 1.5, "c": [1, 2], "e": {}}, "d": True, "m": [[1], [2]]}
    assert [(row.depth, row.name, row.value) for row in rows(content)] == [
        (0, "a", None),
        (1, "b", "1.5"),
        (1, "c", "1, 2"),
        (1, "e", "\u2013"),
        (0, "d", "yes"),
        (0, "m", None),
        (1, "0", "1"),
        (1, "1", "2"),
    ]
    assert [row.value for row in rows(content, knobs=True)][3:5] == ["{}", "true"]


def test_the_stage_writes_the_page_and_the_metrics(full, maker, tmp_path, monkeypatch):
    from stages import report

    root = tmp_path
    for name, (path, table) in tables("tick", "WALK").items():
        store.write_table(root / path, getattr(full, name), table)
    for name, path in REPORTS.items():
        store.write_json(root / path, full.reports[name])
    (root / "params.yaml").write_text(
        "name: walk\nseed: 7\ninstrument: {symbol: WALK}\nbars: {main: tick}\nreport: {}\ncompute: {n_workers: 3}\n"
    )
    monkeypatch.chdir(root)
    report.main()
    page = (root / "reports/report.html").read_text(encoding="utf-8")
    for path in [*(path for path, _ in tables("tick", "WALK").values()), *REPORTS.values()]:
        assert store.sha256(root / path) in page
    assert "n_workers" not in page
    assert set(store.read_json(root / "reports/metrics.json")) == METRICS
