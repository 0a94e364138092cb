"""The fan and the report of the Monte Carlo."""

import json

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from assay.simulate.fan import run
from assay.simulate.params import MonteCarloParams
from assay.tables.book import ROUND_TRIPS
from assay.tables.fan import FAN


def trips(**books):
    """Return round trips of the books given by their net profits, in order."""
    frames = []
    for book, net in books.items():
        k = np.arange(len(net))
        given = {
            "book": [book] * k.size,
            "symbol": ["ES"] * k.size,
            "net": np.array(net, float),
            "reason": ["tp"] * k.size,
        }
        given |= {"decided": 3 * k, "entered": 3 * k + 1, "exited": 3 * k + 2}
        fill = np.zeros(k.size)
        frames.append(
            pl.DataFrame([pl.Series(n, given.get(n, fill)).cast(c.dtype) for n, c in ROUND_TRIPS.columns.items()])
        )
    return ROUND_TRIPS.check(pl.concat(frames), "trips") if frames else ROUND_TRIPS.empty()


def play(trades, seed=1, **params):
    fan, report = run(trades, MonteCarloParams(**params), np.random.default_rng(seed))
    json.dumps(report, allow_nan=False)
    return FAN.check(fan, "fan"), report


def test_the_fan_holds_the_realised_path_and_rising_quantiles():
    net = np.random.default_rng(2).standard_normal(600) * 40
    fan, report = play(trips(selected=net, signals=[1.0, 2.0]))
    assert fan.height == 200
    assert (report["book"], report["n_trades"], report["horizon_trades"]) == ("selected", 600, 600)
    assert fan["realised"].to_list() == pytest.approx([net[:k].sum() for k in fan["trade"]], abs=1e-9)
    for a, b in (("p05", "p25"), ("p25", "p50"), ("p50", "p75"), ("p75", "p95")):
        assert (fan[a] <= fan[b]).all()
    assert fan[-1]["p95"].item() == report["final_profit"]["p95"]
    assert report["realised_profit"] == pytest.approx(net.sum())
    assert report["block_length_trades"] >= 1


def test_wins_alone_never_lose_and_losses_alone_always_do():
    wins, losses = play(trips(selected=[1.0, 2.0, 3.0] * 5))[1], play(trips(selected=[-1.0, -2.0] * 5))[1]
    assert (wins["loss_probability"], losses["loss_probability"]) == (0, 1)
    assert wins["max_drawdown"]["low"] == 0
    assert losses["max_drawdown"]["mean"] == pytest.approx(losses["final_profit"]["mean"])


def test_without_two_selected_trades_the_signals_are_used():
    fan, report = play(trips(selected=[5.0], signals=[1.0, -1.0, 2.0]))
    assert report["book"] == "signals"
    assert fan["book"].unique().to_list() == ["signals"]


@pytest.mark.parametrize(
    ("trades", "params", "reason"),
    [
        (trips(), {}, "fewer than two trades"),
        (trips(signals=[1.0]), {}, "fewer than two trades"),
        (trips(signals=[1.0, 2.0]), {"enabled": False}, "switched off"),
    ],
)
def test_nothing_to_draw_is_a_legal_result_with_a_reason(trades, params, reason):
    fan, report = play(trades, **params)
    assert fan.is_empty()
    assert report["reason"] == reason
    assert report["final_profit"] is None
    assert report.keys() == play(trips(signals=[1.0, 2.0]))[1].keys()


def test_the_report_says_that_paths_prove_no_edge():
    assert "say nothing about whether the mean profit is real" in play(trips())[1]["note"]


def test_interval_and_block_length_follow_the_parameters():
    trades = trips(signals=np.random.default_rng(3).standard_normal(100))
    wide, narrow = (play(trades, confidence=c, block_length=2.5)[1] for c in (0.9, 0.5))
    assert wide["block_length_trades"] == 2.5
    assert wide["final_profit"]["low"] == pytest.approx(wide["final_profit"]["p05"])
    assert narrow["final_profit"]["high"] == pytest.approx(wide["final_profit"]["p75"])


@pytest.mark.parametrize(
    "bad",
    [{"block_length": "long"}, {"block_length": 0.5}, {"block_length": 1e308}, {"n_sims": 0}, {"confidence": 1.0}],
)
def test_impossible_parameters_are_refused(bad):
    with pytest.raises(ValidationError):
        MonteCarloParams.model_validate(bad)
