"""The stage of bars writes all that it makes, or nothing."""

import json

import numpy as np
import pytest
from ruamel.yaml import YAML

from assay import store
from assay.errors import DataError
from assay.tables.bars import BARS
from stages.bars import main

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
    monkeypatch.setattr("stages.bars.health", lambda *_: {"move_std_ticks": float("inf")})
    with pytest.raises(DataError, match="holds finite numbers only"):
        made(200.0)
    assert store.sha256(path) == before
