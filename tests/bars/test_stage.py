"""The stage of bars writes all that it makes, or nothing."""

import json

import numpy as np
import pytest
from ruamel.yaml import YAML

from assay import store
from assay.errors import DataError
from assay.tables.bars import BARS
from stages.bars import main

from .fetched import manifest
from .test_adjust import actions
from .test_rows import MINUTE_NS, ohlcv

N = 40


@pytest.fixture
def made(tmp_path, monkeypatch, quotes):
    """Return a function that runs the stage on quotes around a price."""
    monkeypatch.chdir(tmp_path)

    def run(price):
        blocks = {
            "instrument": {"symbol": "WALK", "table": {"WALK": {"kind": "crypto", "tick_size": 0.25}}},
            "session": {"weekend_trading": True},
            "bars": {"types": {"tick": 10}},
        }
        YAML().dump(blocks, tmp_path / "params.yaml")
        manifest(tmp_path, ("files", "WALK"))
        mid, one = np.full(N, price), np.ones(N)
        ticks = quotes(np.arange(N) * 10**9, mid * (1 - 1e-6), mid * (1 + 1e-6), one, one)
        path = tmp_path / "data/ticks/files/WALK/1970-01.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        ticks.write_parquet(path)
        main()
        return tmp_path

    return run


def test_the_stage_writes_bars_of_the_mid_and_their_report(made):
    root = made(100.0)
    bars = store.read_table(root / "data/bars/tick/WALK.parquet", BARS)
    assert bars["close"].to_list() == pytest.approx([100.0] * 4, rel=1e-14)
    assert json.loads((root / "reports/bars.json").read_text())["types"]["tick"]["n_bars"] == 4


@pytest.mark.parametrize("price", [1e290, 1e-13])
def test_prices_beyond_reason_are_named_and_leave_the_old_files_as_they_are(made, price):
    root = made(100.0)
    files = [root / "data/bars/tick/WALK.parquet", root / "reports/bars.json"]
    before = [store.sha256(path) for path in files]
    with pytest.raises(DataError, match=r"1970-01\.parquet: quotes: bid is a positive, finite number, 1e-12 to 1e\+12"):
        made(price)
    assert [store.sha256(path) for path in files] == before


def test_a_report_that_cannot_be_written_leaves_the_old_bars_as_they_are(made, monkeypatch):
    root = made(100.0)
    path = root / "data/bars/tick/WALK.parquet"
    before = store.sha256(path)
    monkeypatch.setattr("assay.bars.markets.health", lambda *_: {"move_std_ticks": float("inf")})
    with pytest.raises(DataError, match="holds finite numbers only"):
        made(200.0)
    assert store.sha256(path) == before


@pytest.fixture
def hourly(tmp_path, monkeypatch):
    """Return a function that runs the stage on three hours of minutes of a price of 8, with changes of the blocks."""
    monkeypatch.chdir(tmp_path)

    def run(label="binance-usdm", lag_ns=0, **bars):
        blocks = {
            "instrument": {"symbol": "WALK", "table": {"WALK": {"kind": "crypto", "tick_size": 0.25}}},
            "session": {"weekend_trading": True},
            "bars": {"types": {"time": 3600}, "main": "time", **bars},
        }
        YAML().dump(blocks, tmp_path / "params.yaml")
        price = dict.fromkeys(("open", "high", "low", "close"), 8.0)
        manifest(tmp_path, (label, "WALK"), ("another", "WALK", "data.more[0]"))
        put(tmp_path, "ticks/binance-usdm", ohlcv(np.arange(180) * MINUTE_NS, lag_ns=lag_ns, **price))
        main()
        return store.read_table(tmp_path / "data/bars/time/WALK.parquet", BARS)

    return run


def put(root, place, frame):
    path = root / "data" / place / "WALK" / "1970-01.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(path)


def test_minutes_become_hours_and_the_report_counts_their_rules(hourly, tmp_path, capsys):
    bars = hourly(lag_ns=10**9, gate={"fail": []})
    assert bars["n_ticks"].to_list() == [60, 60, 60]
    assert (bars["closed_at"].dt.timestamp("ns") // 10**9).to_list() == [3601, 7201, 10801]
    report = json.loads((tmp_path / "reports/bars.json").read_text())
    assert report["n_ticks_in_session"] == report["rows"]["n_rows"] == 180
    assert report["rows"]["rules"]["value_from_typical_price"] == 180
    assert report["rows"]["rules"]["known_late"] == 180
    assert report["rows"]["rules"]["stale_open"] == 179
    warning = report["types"]["time"]["warnings"][-1]
    assert warning.startswith("2 of 3 bars open at a price of before the bar before them was known")
    assert f"time bars: {warning}\n" in capsys.readouterr().err


def test_rows_that_open_before_the_last_was_known_stop_the_stage_and_leave_no_file(hourly, tmp_path):
    with pytest.raises(
        DataError, match=r"^time bars: bars\.gate\.fail asks for stale_open; .*data\.publish_lag_seconds"
    ):
        hourly(lag_ns=10**9)
    assert not (tmp_path / "data/bars").exists()


def test_the_feed_that_the_manifest_names_is_read_whatever_others_hold(hourly, tmp_path, trades):
    put(tmp_path, "ticks/another", trades([0], [1.0]))
    assert hourly()["close"].to_list() == [8.0] * 3
    with pytest.raises(DataError, match=r"data/ticks/yahoo/WALK: must hold a file per month.*none.*dvc repro fetch"):
        hourly("yahoo")


def test_a_market_that_was_not_fetched_is_one_line_with_both_ways_out(hourly, tmp_path):
    hourly()
    manifest(tmp_path, ("binance-usdm", "OTHER"), ("binance-spot", "WALK", "data.more[0]"))
    with pytest.raises(
        DataError, match=r"prices of WALK.*found those of OTHER; list WALK in data\.symbols.*instrument\.symbol"
    ) as told:
        main()
    assert "\n" not in str(told.value)


def test_prices_are_adjusted_for_the_actions_that_were_fetched(hourly, tmp_path):
    with pytest.raises(DataError, match=r"bars\.adjust: splits need the actions of WALK from binance-usdm"):
        hourly(adjust="splits")
    hour = [3600 * 10**9]
    put(tmp_path, "context/actions/yahoo", actions(time=hour, known_at=hour))
    assert hourly(adjust="splits")["close"].to_list() == [4.0, 8.0, 8.0]
    put(tmp_path, "context/actions/files", actions(time=hour, known_at=hour))
    with pytest.raises(DataError, match=r"found files, yahoo; leave one .*, or set the label .* to binance-usdm$"):
        hourly(adjust="splits")
    assert hourly()["close"].to_list() == [8.0] * 3
