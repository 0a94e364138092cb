"""Features of many markets: each is what the stage writes of it as the main one, and one that fails is alone in it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from ruamel.yaml import YAML

from assay import store
from assay.cli import main
from assay.tables.bars import BARS
from stages import features
from tests.features.conftest import walk

OWN = """
import os
import time

from assay.features.feature import Feature


def column(x):
    while x.instrument.symbol == "HANGS":
        time.sleep(0.01)
    if x.instrument.symbol == "DIES":
        os._exit(7)
    return x.ticks("close") - x.ticks("open")


def features():
    told = dict(group="own", name="body", definition="close less open", unit="ticks", lookback=1, reference="mine")
    return [Feature(function=column, **told)]
"""
GOOD = ("GOOD", "MAIN", "ZLAST")
SECONDS = "15"


def entry(tick_size):
    return {"kind": "crypto", "tick_size": tick_size, "weekend_trading": True}


TABLE = {name: entry(0.25) for name in (*GOOD, "HANGS", "DIES", "BROKEN")} | {"ZLAST": entry(0.125)}


def params(symbol="MAIN", **changed):
    blocks = {
        "instrument": {"symbol": symbol, "table": TABLE},
        "session": {},
        "bars": {"types": {"tick": 20, "time": 60}, "main": "tick", "roll": {"contracts": {}}},
        "features": {
            "module": "own.mine",
            "only": ["log_return_1", "time_log_return_1", "body", "hour_sin"],
            "slower": ["time"],
        },
        "compute": {"executor": "processes", "n_workers": 2},
    }
    YAML().dump(blocks | changed, Path("params.yaml"))


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Six markets with bars; of two the user's own feature hangs or ends its process, one has prices below a tick."""
    monkeypatch.chdir(tmp_path)
    for i, name in enumerate(TABLE):
        bars = walk(120 + i, seed=i, quotes=True)
        bars = bars.with_columns(low=pl.lit(1e-9)) if name == "BROKEN" else bars
        store.write_table(Path(f"data/bars/tick/{name}.parquet"), bars, BARS)
        slow = bars[::7].with_columns(ordinal=pl.int_range(bars[::7].height))
        store.write_table(Path(f"data/bars/time/{name}.parquet"), slow, BARS)
    Path("own").mkdir()
    Path("own/mine.py").write_text(OWN)
    params()
    return tmp_path


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


@pytest.mark.slow
def test_each_market_has_the_bytes_of_the_stage_whatever_becomes_of_the_others(project, capsys):
    assert main(["features", "build", "--seconds", SECONDS]) == 3
    told = capsys.readouterr()
    broken, dies, good, hangs, main_one, last = told.out.splitlines()
    assert broken.startswith("BROKEN: failed: DataError: bars: prices must be at least one tick, 0.25; found 1e-09")
    assert dies.startswith("DIES: failed: its process must live; found exit status 7")
    late = f"must be done in {SECONDS} s; found more; allow it more time, or give it fewer rows"
    assert hangs == f"HANGS: over its limit: {late}"
    n_features = 4  # log_return_1 of the main and of the time bars, hour_sin, body
    rows = {name: 120 + i for i, name in enumerate(TABLE)}
    for name, line in zip(GOOD, (good, main_one, last), strict=True):
        assert line == f"{name}: done, {rows[name]} rows, {n_features} features"
    assert "features build: must build every market; found 3 of 6 failed: BROKEN, DIES, HANGS; DataError" in told.err
    built = bytes_of("data/features_of")
    assert sorted(built) == ["GOOD.parquet", "MAIN.parquet", "ZLAST.parquet", "schema.json"]
    for name in GOOD:
        params(symbol=name)
        features.main()
        assert {file: built[file] for file in (f"{name}.parquet", "schema.json")} == bytes_of("data/features")


@pytest.mark.slow
def test_markets_may_be_named_and_what_was_built_before_is_replaced(project, capsys):
    for names in (["GOOD"], ["ZLAST", "MAIN"]):
        assert main(["features", "build", *names, "--to", "mine"]) == 0
        assert sorted(bytes_of("mine")) == sorted([*(f"{name}.parquet" for name in names), "schema.json"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["GOOD", "ZLAST", "MAIN"]


@pytest.mark.slow
def test_if_all_fail_nothing_is_written_and_it_is_no_part(project, capsys):
    assert main(["features", "build", "MAIN"]) == 0
    before = bytes_of("data/features_of")
    assert main(["features", "build", "DIES", "BROKEN"]) == 1
    assert "found 2 of 2 failed: DIES, BROKEN" in capsys.readouterr().err
    assert bytes_of("data/features_of") == before
    assert [path.name for path in Path("data").iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("place", ["data/features", "data/bars/tick", "data", "models/base", "reports/../data/labels"])
def test_folders_of_the_pipeline_are_left_alone(place, project, capsys):
    before = bytes_of("data/bars/tick")
    assert main(["features", "build", "--to", place]) == 1
    assert "--to: must not be a folder of the pipeline" in capsys.readouterr().err
    assert bytes_of("data/bars/tick") == before


@pytest.mark.parametrize("names", [["notes.txt", "schema.json"], ["prices.parquet"]])
def test_a_folder_with_what_was_not_built_is_left_alone(names, project, capsys):
    Path("mine").mkdir()
    for name in names:
        (Path("mine") / name).write_text("mine")
    assert main(["features", "build", "--to", "mine"]) == 1
    assert f"is replaced whole, so it must be new, or what was built before; found {names[0]} there" in (
        capsys.readouterr().err
    )
    assert sorted(bytes_of("mine")) == names


def test_markets_without_bars_are_refused_before_anything_is_built(project, capsys):
    assert main(["features", "build", "GOOD", "NONE"]) == 1
    error = capsys.readouterr().err
    assert "needs tick bars of NONE; found those of BROKEN, DIES, GOOD, HANGS, MAIN, ZLAST; list it" in error
    params(bars={"types": {"tick": 20, "volume": 60}, "main": "volume", "roll": {"contracts": {}}})
    assert main(["features", "build"]) == 1
    assert "needs volume bars of one market; found none" in capsys.readouterr().err
    assert not Path("data/features_of").exists()


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "soon"])
def test_a_limit_is_a_number_of_seconds(text, project, capsys):
    with pytest.raises(SystemExit):
        main(["features", "build", "--seconds", text])
    assert "--seconds" in capsys.readouterr().err
