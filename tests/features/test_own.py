"""A user's own features: a module of the folder own, without a fork, held to the same laws."""

from __future__ import annotations

import json

import pytest
from ruamel.yaml import YAML

from assay import store
from assay.cli import main
from assay.features.catalogue import catalogue
from assay.features.params import FeatureParams
from assay.manual.knobs import BLOCKS
from assay.tables.bars import BARS
from assay.tables.features import FEATURES
from stages.features import main as stage

from .test_stage import WALK

MINE = """
from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.stats import rolling


def features():
    return [
        Feature(
            group="own",
            name="close_over_high_5",
            definition="close over the highest high of 5 bars, less 1",
            unit="fraction of the price",
            lookback=5,
            function=lambda x: x.ticks("close") / rolling.highest(x.ticks("high"), 5) - 1.0,
            reference="mine",
        )
    ]
"""
REPORT = ["features", "report", "--horizons", "1,5"]
SPENT = "features chosen by them have seen what the walk-forward tests"
N_ON = len(catalogue(FeatureParams()))
CHEAT = MINE.replace('x.ticks("close") / rolling', 'x.ticks("close").max() / rolling')


@pytest.fixture
def project(tmp_path, monkeypatch, quotes):
    monkeypatch.chdir(tmp_path)
    blocks = {name: {} for name in BLOCKS if "." not in name} | {
        "instrument": {"symbol": "WALK", "table": {"WALK": WALK}},
        "bars": {"main": "tick", "types": {"tick": 20}, "roll": {"contracts": {}}},
        "features": {"module": "own.mine"},
    }
    YAML().dump(blocks, tmp_path / "params.yaml")
    store.write_table(tmp_path / "data/bars/tick/WALK.parquet", quotes, BARS)
    (tmp_path / "own").mkdir()
    (tmp_path / "own/mine.py").write_text(MINE)
    return tmp_path


def test_the_stage_builds_them_beside_the_others_and_the_schema_holds_their_code(project, quotes):
    stage()
    built = store.read_table(project / "data/features/WALK.parquet", FEATURES)
    high = quotes["high"].rolling_max(5)
    expected = (quotes["close"] / high - 1.0)[4:].to_list()
    assert built["close_over_high_5"][4:].to_list() == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert built["close_over_high_5"][:4].is_nan().all()
    told = json.loads((project / "data/features/schema.json").read_text())
    assert told["features"][-1] == {
        "name": "close_over_high_5",
        "group": "own",
        "definition": "close over the highest high of 5 bars, less 1",
        "unit": "fraction of the price",
        "lookback": 5,
        "first_valid": 4,
        "memory": "window",
        "tolerance": 0.0,
        "needs": [],
        "reference": "mine",
    }
    assert len(told["own"]) == 64
    (project / "own/mine.py").write_text(MINE.replace("- 1.0", "- 2.0"))
    stage()
    other = json.loads((project / "data/features/schema.json").read_text())
    assert other["features"] == told["features"]
    assert other["hash"] != told["hash"]


def test_check_says_nothing_of_features_that_keep_the_laws(project, capsys):
    assert main(["features", "check"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in told] == ["made market", "data/bars/tick/WALK.parquet"]
    assert told[1].endswith(f"{N_ON + 1} of {N_ON + 1} features on 900 bars")


def test_check_names_a_feature_that_knows_what_comes_and_ends_with_status_1(project, capsys):
    (project / "own/mine.py").write_text(CHEAT)
    assert main(["features", "check"]) == 1
    told = capsys.readouterr()
    broken = [line for line in told.out.splitlines() if line.startswith("  ")]
    assert len(broken) == 2
    assert all(line.startswith("  close_over_high_5: must not change when bars follow; found row") for line in broken)
    assert told.err == "assay: features: must keep the laws; found 2 broken; correct what is named above\n"


def test_ls_lists_them_with_the_others_and_by_group(project, capsys):
    assert main(["features", "ls", "--group", "own"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "close_over_high_5  [own]  close over the highest high of 5 bars, less 1",
        "    unit fraction of the price; look-back 5; from row 4; mine",
    ]
    assert main(["features", "ls"]) == 0
    on = capsys.readouterr().out
    assert "spread_bps  [spread]" in on
    assert "; needs spread_mean\n" in on
    assert "look-back 400, fading on ordinary prices; from row 14; Wilder 1978; TA-Lib RSI" in on
    assert "look-back 400, fading; from row 33; Appel 2005; TA-Lib MACD" in on
    assert main(["features", "ls", "--all"]) == 0
    assert len(capsys.readouterr().out) > 2 * len(on)


def test_a_module_outside_the_folder_is_refused():
    for name in ("os", "own", "own.", "own.mine.", "other.mine", "own/mine.py", "own.1"):
        with pytest.raises(ValueError, match="pattern"):
            FeatureParams(module=name)


@pytest.mark.parametrize(
    ("line", "found"),
    [("1 / 0", "ZeroDivisionError in mine.py, line 8: division by zero"), ("raise SystemExit(0)", "")],
)
@pytest.mark.parametrize("command", ["ls", "check", "build"])
def test_functions_that_fail_or_end_the_program_are_blamed_on_the_module(project, capsys, command, line, found):
    (project / "own/mine.py").write_text(MINE.replace("    return [\n", f"    {line}\n    return [\n"))
    assert main(["features", command]) == 1
    told = capsys.readouterr()
    rule = "assay: features.module: features() must return a list of features; found "
    assert told.out == ""
    assert told.err == f"{rule}{found or 'SystemExit in mine.py, line 8: 0'}; correct it\n"
    (project / "own/mine.py").write_text(f"{line}\n")
    assert main(["features", command]) == 1
    assert capsys.readouterr().err.startswith("assay: own/mine.py: must be a module that can be imported; found ")


def test_the_report_looks_at_rows_before_the_hold_out_and_writes_all_of_it(project, capsys):
    text = (project / "params.yaml").read_text().replace("splits: {}", "splits: {holdout_fraction: 0.2}")
    (project / "params.yaml").write_text(text)
    stage()
    assert main([*REPORT, "--until", "holdout", "--top", "3", "--json", "out.json"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == f"714 rows before bar 720, where the hold-out begins; {SPENT}"
    assert len(told) == 8
    document = json.loads((project / "out.json").read_text())
    assert document["sealed_from"] == 720
    assert {one["name"] for one in document["known"]} >= {"close_over_high_5", "rsi_14"}
    with pytest.raises(SystemExit):
        main(["features", "report", "--horizons", "0,5"])
