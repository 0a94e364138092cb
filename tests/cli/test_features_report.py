"""``assay features report``: of the bars that the features were built of, and never at the cost of a folder."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from ruamel.yaml import YAML

from assay import store
from assay.cli import main
from assay.tables.bars import BARS
from assay.tables.features import FEATURES
from assay.tables.labels import LABELS
from stages import features, labels
from tests.features.conftest import walk

PRICES = ["open", "high", "low", "close"]
REPORT = ["features", "report", "--horizons", "1,2"]
OTHERS = "assay: features: must be of the bars that are there; found "


def params(*only, walkforward=None):
    entry = {"kind": "crypto", "tick_size": 0.25, "weekend_trading": True}
    blocks = {
        "instrument": {"symbol": "WALK", "table": {"WALK": entry}},
        "session": {},
        "bars": {"types": {"tick": 20}, "main": "tick", "roll": {"contracts": {}}},
        "features": {"only": list(only)},
        "splits": {"holdout_fraction": 0.25},
        "walkforward": walkforward or {"enabled": False},
        "labels": {"events": {"method": "every_bar"}},
        "costs": {},
    }
    YAML().dump(blocks, Path("params.yaml"))


def write(bars):
    store.write_table(Path("data/bars/tick/WALK.parquet"), bars, BARS)


@pytest.fixture
def bars(tmp_path, monkeypatch):
    """Bars and the features that the stage makes of them."""
    monkeypatch.chdir(tmp_path)
    made = walk(400, seed=1, quotes=False)
    write(made)
    params("open_close_pct", "log_return_5", "hour_sin")
    features.main()
    return made


def test_it_prints_as_many_as_are_asked_for_and_writes_all(bars, capsys):
    assert main([*REPORT, "--top", "0", "--json", "out/told.json"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[2].startswith("3 features say")
    assert {one["name"] for one in json.loads(Path("out/told.json").read_text())["known"]} == {
        "open_close_pct",
        "log_return_5",
        "hour_sin",
    }


@pytest.mark.usefixtures("bars")
def test_it_stops_before_a_bar_and_never_in_the_hold_out(capsys):
    """Of 400 bars a quarter is sealed; the last of 200 whose return 2 ahead ends before bar 200 is the 197th."""
    assert main([*REPORT, "--until", "200"]) == 0
    assert capsys.readouterr().out.startswith("197 rows before bar 200, as --until says\n")
    assert main([*REPORT, "--until", "301"]) == 1
    rule = "must not lie in the hold-out, which begins at bar 300; found 301; give that bar, or one before it"
    assert capsys.readouterr().err == f"assay: --until: {rule}\n"


@pytest.fixture
def halves(bars):
    """The same, and a walk-forward that tests on the later half of the events."""
    params("open_close_pct", "log_return_5", "hour_sin", walkforward={"n_splits": 1, "first_train": 0.5})
    labels.main()
    return bars


def first_of_the_later_half(*more):
    made = store.read_table(Path("data/labels/WALK.parquet"), LABELS)
    open_events = made.filter(pl.col("latest_ordinal") < 300, *more)["ordinal"]
    return open_events[open_events.len() // 2]


def stops_before(capsys):
    assert main(REPORT) == 0
    return int(capsys.readouterr().out.split("bar ")[1].split(",")[0])


@pytest.mark.usefixtures("halves")
def test_with_fewer_features_nothing_is_tested_that_was_looked_at_with_more(capsys):
    """Returns over 120 bars leave early events out: the later half of the others begins later than that of all."""
    params("log_return_1", "log_return_120", walkforward={"n_splits": 1, "first_train": 0.5})
    features.main()
    known = first_of_the_later_half(pl.col("ordinal") >= 120)
    assert stops_before(capsys) == first_of_the_later_half() < known


@pytest.mark.usefixtures("halves")
def test_features_that_many_late_events_lack_bring_the_first_test_forward(capsys):
    path = Path("data/features/WALK.parquet")
    lacking = (
        pl.when(pl.col("ordinal") < 200)
        .then(pl.col("hour_sin"))
        .otherwise(None)
        .cast(pl.Float32)
        .fill_null(float("nan"))
    )
    store.write_table(path, store.read_table(path, FEATURES).with_columns(hour_sin=lacking), FEATURES)
    known = first_of_the_later_half(pl.col("ordinal").is_between(5, 199))
    assert stops_before(capsys) == known < first_of_the_later_half()


@pytest.mark.usefixtures("halves")
def test_labels_of_other_bars_are_refused(capsys):
    path = Path("data/labels/WALK.parquet")
    made = store.read_table(path, LABELS)
    store.write_table(path, made.with_columns(pl.col("t0") - pl.duration(nanoseconds=1)), LABELS)
    assert main(REPORT) == 1
    told = capsys.readouterr().err
    assert told.startswith("assay: labels: must be of the bars that are there; found an event of bar ")
    assert told.endswith("; build them anew: dvc repro labels\n")


@pytest.mark.usefixtures("halves")
def test_by_default_it_stops_before_the_first_bar_that_is_tested(capsys):
    """Of the events that could have ended before bar 300, the later half, be their features known or not."""
    first = first_of_the_later_half()
    assert main(REPORT) == 0
    rows = f"{first - 3} rows before bar {first}, "
    assert capsys.readouterr().out.startswith(f"{rows}the first that the walk-forward may test\n")
    assert main(["features", "report", "--json", "told.json"]) == 0
    few = f"{first - 6} rows before bar {first}, the first that the walk-forward may test; "
    assert capsys.readouterr().out.startswith(f"{few}too few to look 20 or 60 bars ahead\n")
    told = json.loads(Path("told.json").read_text())
    assert (told["until"], told["sealed_from"], told["horizons"]) == (first, 300, [1, 5])
    assert main([*REPORT, "--until", "holdout"]) == 0
    spent = "where the hold-out begins; features chosen by them have seen what the walk-forward tests"
    assert capsys.readouterr().out.startswith(f"297 rows before bar 300, {spent}\n")


def told_by(capsys, *words):
    assert main(list(words)) == 0
    return capsys.readouterr().out


def test_what_is_tested_and_what_comes_after_it_changes_nothing(halves, capsys):
    """Opens, of which returns are made, and a feature of no prices: what is of other bars would be refused."""
    params("log_return_5", "hour_sin", walkforward={"n_splits": 1, "first_train": 0.5})
    features.main()
    before, all_before = told_by(capsys, *REPORT), told_by(capsys, *REPORT, "--until", "holdout")
    first = int(before.split("bar ")[1].split(",")[0])
    path = Path("data/features/WALK.parquet")
    built = store.read_table(path, FEATURES)
    tested = pl.col("ordinal") >= first
    wild = pl.when(tested).then(-7.0).otherwise(pl.col("hour_sin")).cast(pl.Float32)
    store.write_table(path, built.with_columns(hour_sin=wild), FEATURES)
    write(halves.with_columns(open=pl.when(tested).then(pl.col("close")).otherwise(pl.col("open"))))
    assert told_by(capsys, *REPORT) == before
    assert told_by(capsys, *REPORT, "--until", "holdout") != all_before


@pytest.mark.usefixtures("halves")
def test_without_labels_it_says_how_to_tell_where_to_stop(capsys):
    Path("data/labels/WALK.parquet").unlink()
    assert main(REPORT) == 1
    rule = "tells where the walk-forward begins to test; found no file; dvc repro labels, or give --until holdout"
    assert capsys.readouterr().err == f"assay: data/labels/WALK.parquet: {rule}\n"
    assert main([*REPORT, "--until", "100"]) == 0


@pytest.mark.usefixtures("bars")
def test_where_nothing_is_tested_it_stops_before_the_hold_out(capsys):
    assert main(REPORT) == 0
    assert capsys.readouterr().out.startswith("297 rows before bar 300, where the hold-out begins\n")


@pytest.mark.parametrize("place", ["keep", ".", "..", "data/features"])
def test_a_folder_is_refused_before_anything_is_read_and_stays(tmp_path, monkeypatch, capsys, place):
    monkeypatch.chdir(tmp_path)
    for name in ("keep", "data/features"):
        (Path(name) / "x").mkdir(parents=True)
    assert main([*REPORT, "--json", place]) == 1
    told = f"assay: {place}: --json must name a file, or a new one; found a folder; name a file in it\n"
    assert capsys.readouterr().err == told
    assert Path("keep/x").is_dir()
    assert Path("data/features/x").is_dir()


def test_bars_that_were_built_anew_alone_are_refused(bars, capsys):
    other = walk(400, seed=2, quotes=False)
    same_times = bars.with_columns(other[name] for name in PRICES)
    later = bars[1:].with_columns(ordinal=pl.int_range(399))
    for built, found in [(same_times, "log_return_5 "), (later, "400 rows of features and 399 bars; build both")]:
        write(built)
        assert main([*REPORT, "--json", "told.json"]) == 1
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.startswith(OTHERS + found)
        assert told.err.endswith("; build both anew: dvc repro features\n")
        assert told.err.count("\n") == 1
        assert not Path("told.json").exists()
    write(bars)
    assert main(REPORT) == 0


def test_a_feature_of_the_users_that_tells_the_step_keeps_its_coefficient(bars, capsys):
    """A feature that is the next open's step itself: every rank agrees, so its coefficient is 1 exactly."""
    step = (bars["open"].log().diff().shift(-2)).fill_null(0.0).cast(pl.Float32).alias("perfect")
    path = Path("data/features/WALK.parquet")
    store.write_table(path, store.read_table(path, FEATURES).with_columns(step), FEATURES)
    assert main([*REPORT, "--top", "1"]) == 0
    name, coefficient, *_ = capsys.readouterr().out.splitlines()[2].split()
    assert (name, coefficient) == ("perfect", "1.000")
    write(bars.with_columns(walk(400, seed=2, quotes=False)[name] for name in PRICES))
    assert main([*REPORT, "--top", "1"]) == 1
