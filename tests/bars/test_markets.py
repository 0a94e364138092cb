"""Every market of the first feed has bars of its own: its ticks, its hours; one that fails takes no other with it."""

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

HOUR_NS = 3_600 * 10**9
N_HOURS, JUMP = 24, 17
HOURS = np.arange(N_HOURS)
OTHER = {"kind": "equity", "tick_size": 0.01, "session_start": "06:00", "session_end": "18:00", "weekend_trading": True}
MAIN = {"kind": "crypto", "tick_size": 0.25, "weekend_trading": True}


@pytest.fixture
def stage(tmp_path, monkeypatch, trades):
    """Return a function that runs the stage on WALK and other symbols, and returns its report."""
    monkeypatch.chdir(tmp_path)

    def run(*others, **changed):
        blocks = {
            "instrument": {"symbol": "WALK", "table": {"WALK": MAIN, "OTHER": OTHER, "EMPTY": MAIN}},
            "session": {},
            "bars": {"types": {"tick": 2, "time": 7200}, "main": "tick", **changed},
        }
        YAML().dump(blocks, tmp_path / "params.yaml")
        manifest(tmp_path, ("files", "WALK"), *(("files", name) for name in others), ("files", "FAR", "data.more[0]"))
        for name, first in (("WALK", 100.0), ("OTHER", 10.0), ("BARE", 10.0), ("FAR", 10.0)):
            path = tmp_path / f"data/ticks/files/{name}/1970-01.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            trades(HOURS * HOUR_NS, first + HOURS + (HOURS == JUMP)).write_parquet(path)
        main()
        return json.loads((tmp_path / "reports/bars.json").read_text())

    return run


def built(root):
    return sorted(path.relative_to(root / "data/bars").as_posix() for path in (root / "data/bars").rglob("*.parquet"))


def test_each_market_has_its_own_hours_and_ticks(stage, tmp_path):
    report = stage("OTHER")
    assert built(tmp_path) == ["tick/OTHER.parquet", "tick/WALK.parquet", "time/OTHER.parquet", "time/WALK.parquet"]
    other = store.read_table(tmp_path / "data/bars/tick/OTHER.parquet", BARS)
    assert set(other["symbol"]) == {"OTHER"}
    assert other["close"].to_list() == [17.0, 19.0, 21.0, 23.0, 25.0, 28.0]
    assert report["symbol"] == "WALK"
    assert report["n_ticks_outside_session"] == 0
    assert report["left_out"] == {}
    assert report["others"]["OTHER"]["n_ticks_outside_session"] == N_HOURS - 12
    assert report["others"]["OTHER"]["types"]["tick"]["n_bars"] == 6


def test_moves_are_in_ticks_of_each_market(stage):
    """Closes of OTHER rise by 2, 2, 2, 2 and 3: the standard deviation is the root of 1/5, and its tick 0.01."""
    report = stage("OTHER", types={"tick": 2})
    assert report["others"]["OTHER"]["types"]["tick"]["move_std_ticks"] == pytest.approx(np.sqrt(1 / 5) / 0.01)
    walk = np.diff(100 + np.arange(1, N_HOURS, 2) + (np.arange(1, N_HOURS, 2) == JUMP))
    assert report["types"]["tick"]["move_std_ticks"] == pytest.approx(np.std(walk, ddof=1) / 0.25)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("BARE", "instrument: symbol must be in the instrument table; found 'BARE'"),
        (
            "EMPTY",
            "data/ticks/files/EMPTY: must hold a file per month; found none, but there is BARE, FAR, OTHER, WALK",
        ),
    ],
)
def test_one_that_cannot_be_built_is_named_and_takes_no_other_with_it(stage, tmp_path, capsys, name, why):
    alone = stage()
    assert built(tmp_path) == ["tick/WALK.parquet", "time/WALK.parquet"]
    before = [store.sha256(tmp_path / "data/bars" / place) for place in built(tmp_path)]
    capsys.readouterr()
    report = stage(name, "OTHER")
    assert capsys.readouterr().err.startswith(f"bars: {name} has no bars: {why}")
    assert list(report["left_out"]) == [name]
    assert report["left_out"][name].startswith(why)
    assert list(report["others"]) == ["OTHER"]
    assert {key: report[key] for key in alone} == alone
    assert {*report} - {*alone} == {"others", "left_out"}
    assert [store.sha256(tmp_path / "data/bars" / kind / "WALK.parquet") for kind in ("tick", "time")] == before


def test_prices_of_each_market_are_adjusted_by_its_own_actions(stage, tmp_path):
    for name, hour in (("WALK", 4), ("OTHER", 12)):
        path = tmp_path / f"data/context/actions/files/{name}/1970-01.parquet"
        path.parent.mkdir(parents=True)
        actions(time=[hour * HOUR_NS], known_at=[hour * HOUR_NS]).write_parquet(path)
    stage("OTHER", "FAR", adjust="splits")
    walk, other = (store.read_table(tmp_path / f"data/bars/tick/{name}.parquet", BARS) for name in ("WALK", "OTHER"))
    assert walk["close"].to_list()[:3] == [50.5, 51.5, 105.0]
    assert other["close"].to_list()[:4] == [8.5, 9.5, 10.5, 23.0]
    assert not (tmp_path / "data/bars/tick/FAR.parquet").exists()


def test_the_main_market_is_never_left_out(stage, tmp_path):
    with pytest.raises(DataError, match=r"WALK: tick bars of 50 need enough ticks to fill one"):
        stage("OTHER", types={"tick": 50})
    assert not (tmp_path / "data/bars").exists()
