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
        bars = walk(120 + i, seed=i, quotes=True).with_columns(symbol=pl.lit(name))
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
    assert told.err.endswith(
        "assay: features build: must build every market; found 3 of 6 failed: BROKEN, DIES, HANGS; "
        "mend what its line says of each\n"
    )
    built = bytes_of("data/features_of")
    assert sorted(built) == ["GOOD.parquet", "MAIN.parquet", "ZLAST.parquet", "bars.json", "schema.json"]
    for name in GOOD:
        params(symbol=name)
        features.main()
        assert {file: built[file] for file in (f"{name}.parquet", "schema.json")} == bytes_of("data/features")


@pytest.mark.slow
def test_markets_may_be_named_and_those_built_before_are_kept(project, capsys):
    assert main(["features", "build", "GOOD", "MAIN", "--to", "mine"]) == 0
    before = bytes_of("mine")
    bars = store.read_table(Path("data/bars/tick/MAIN.parquet"), BARS)
    store.write_table(Path("data/bars/tick/MAIN.parquet"), bars[:90], BARS)
    assert main(["features", "build", "ZLAST", "MAIN", "--to", "mine"]) == 0
    after = bytes_of("mine")
    assert sorted(after) == ["GOOD.parquet", "MAIN.parquet", "ZLAST.parquet", "bars.json", "schema.json"]
    same = [name for name in sorted(before) if after[name] == before[name]]
    assert same == ["GOOD.parquet", "schema.json"]
    assert store.read_parquet(Path("mine/MAIN.parquet")).height == 90
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["GOOD", "MAIN", "kept as built before", "ZLAST", "MAIN"]
    assert lines[2] == "kept as built before: GOOD"


@pytest.mark.slow
def test_a_market_that_fails_keeps_the_table_it_had(project, capsys):
    assert main(["features", "build", "GOOD", "MAIN"]) == 0
    before = bytes_of("data/features_of")
    Path("data/bars/tick/GOOD.parquet").write_bytes(b"corrupt")
    assert main(["features", "build", "GOOD", "DIES", "MAIN"]) == 3
    assert bytes_of("data/features_of") == before
    lines = capsys.readouterr().out.splitlines()[2:]
    assert [line.partition(":")[0] for line in lines] == ["GOOD", "DIES", "MAIN", "failed, and kept as built before"]
    assert lines[-1].endswith(": GOOD")


REMEDY = "build these too, remove the folder, or name another with --to"


@pytest.mark.slow
def test_tables_of_other_features_are_never_mixed_and_none_is_lost_unasked(project, capsys):
    assert main(["features", "build", "GOOD", "MAIN", "--to", "mine"]) == 0
    before = bytes_of("mine")
    params(features={"only": ["log_return_1"]})
    capsys.readouterr()
    assert main(["features", "build", "GOOD", "--to", "mine"]) == 1
    rule = "mine: must hold tables of the features that params.yaml asks for; found other features of MAIN"
    assert capsys.readouterr().err == f"assay: {rule}; {REMEDY}\n"
    assert bytes_of("mine") == before
    assert main(["features", "build", "GOOD", "MAIN", "--to", "mine"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "mine: will be replaced whole: it holds other features than params.yaml asks for"
    assert all(store.read_parquet(Path(f"mine/{name}.parquet")).width == 4 for name in ("GOOD", "MAIN"))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["tick", "time"])
def test_tables_of_other_bars_are_never_mixed_and_none_is_lost_unasked(kind, project, capsys):
    """Bars of the main type, and of a slower one."""
    assert main(["features", "build", "GOOD", "MAIN", "--to", "mine"]) == 0
    before = bytes_of("mine")
    place = Path(f"data/bars/{kind}/MAIN.parquet")
    bars = store.read_table(place, BARS)
    store.write_table(place, bars[:-1], BARS)
    capsys.readouterr()
    assert main(["features", "build", "GOOD", "--to", "mine"]) == 1
    rule = "mine: must hold tables of the bars that are there; found other bars of MAIN"
    assert capsys.readouterr().err == f"assay: {rule}; {REMEDY}\n"
    assert bytes_of("mine") == before
    assert main(["features", "build", "GOOD", "MAIN", "--to", "mine"]) == 0
    assert main(["features", "build", "GOOD", "--to", "mine"]) == 0
    store.write_table(place, bars, BARS)
    assert main(["features", "build", "GOOD", "MAIN", "--to", "mine"]) == 0
    assert bytes_of("mine") == before


@pytest.mark.parametrize("place", ["mine", "link"])
def test_two_runs_never_build_to_one_folder(project, capsys, monkeypatch, place):
    monkeypatch.delattr("assay.cli.features_build.outcomes")
    Path("mine").mkdir()
    Path("link").symlink_to("mine")
    with store.writing() as beside:
        beside(Path("mine").resolve()).mkdir()
        assert main(["features", "build", "MAIN", "--to", place]) == 1
    rule = "mine: has one writer at a time; found another that is at work; wait until that one has ended"
    assert rule in capsys.readouterr().err


@pytest.mark.slow
def test_a_link_stays_and_what_it_leads_to_is_built(project):
    Path("mine").mkdir()
    Path("link").symlink_to("mine")
    for name in ("GOOD", "MAIN"):
        assert main(["features", "build", name, "--to", "link"]) == 0
    assert Path("link").is_symlink()
    assert sorted(bytes_of("mine")) == ["GOOD.parquet", "MAIN.parquet", "bars.json", "schema.json"]


def cross(*symbols):
    columns = {"only": ["log_return_1", "ratio_to_zlast"], "cross": {"enabled": True, "symbols": [*symbols]}}
    return {"features": columns}


@pytest.mark.slow
def test_markets_that_the_others_are_compared_with_are_left_out_unless_named(project, capsys):
    for name in ("HANGS", "DIES", "BROKEN"):
        Path(f"data/bars/tick/{name}.parquet").unlink()
    params(**cross("ZLAST"))
    assert main(["features", "build"]) == 0
    left_out, *done = capsys.readouterr().out.splitlines()
    assert left_out == "left out, since features.cross.symbols names them: ZLAST"
    assert done == ["GOOD: done, 120 rows, 2 features", "MAIN: done, 121 rows, 2 features"]
    built = bytes_of("data/features_of")
    assert sorted(built) == ["GOOD.parquet", "MAIN.parquet", "bars.json", "schema.json"]
    for name in ("GOOD", "MAIN"):
        params(symbol=name, **cross("ZLAST"))
        features.main()
        assert {file: built[file] for file in (f"{name}.parquet", "schema.json")} == bytes_of("data/features")
    assert main(["features", "build", "ZLAST", "GOOD"]) == 3
    kept, refused, done = capsys.readouterr().out.splitlines()
    assert kept == "kept as built before: MAIN"
    assert refused.startswith("ZLAST: failed: ParamsError: features.cross.symbols: must name other markets than")
    assert done.startswith("GOOD: done")


def test_if_all_are_compared_with_there_is_none_to_build(project, capsys):
    params(**cross(*TABLE))
    assert main(["features", "build"]) == 1
    rule = "needs tick bars of one market that features.cross.symbols does not name"
    assert f"features build: {rule}; found those of BROKEN, DIES," in capsys.readouterr().err


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
    assert f"must be new, or hold nothing but what was built before; found {names[0]} there" in (
        capsys.readouterr().err
    )
    assert sorted(bytes_of("mine")) == names


def test_a_file_in_the_place_of_the_folder_is_refused_before_anything_is_built(project, capsys, monkeypatch):
    monkeypatch.delattr("assay.cli.features_build.outcomes")
    Path("mine").write_text("mine")
    assert main(["features", "build", "--to", "mine"]) == 1
    error = "assay: mine: must be a folder, or new; found a file; name another\n"
    assert capsys.readouterr().err == error
    assert Path("mine").read_text() == "mine"


def test_markets_without_bars_are_refused_before_anything_is_built(project, capsys):
    assert main(["features", "build", "GOOD", "NONE"]) == 1
    error = capsys.readouterr().err
    assert "needs tick bars of NONE; found those of BROKEN, DIES, GOOD, HANGS, MAIN, ZLAST; list it" in error
    params(bars={"types": {"tick": 20, "volume": 60}, "main": "volume", "roll": {"contracts": {}}})
    assert main(["features", "build"]) == 1
    assert "needs volume bars of one market; found none" in capsys.readouterr().err
    assert not Path("data/features_of").exists()
