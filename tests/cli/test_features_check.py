"""``assay features check`` of features of a user's own: each odd one is named, and the others are held."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from assay import store
from assay.cli import features_check, main
from assay.tables.bars import BARS
from tests.features.conftest import walk

MINE = """
import numpy as np
import polars as pl
from assay.features.feature import Feature

TOLD = dict(group="own", definition="a definition", unit="none", reference="mine", price_power=None)


def complexes(x):
    return x["close"] + 1j


def texts(x):
    return ["a"] * x.bars.height


def ragged(x):
    return [[1.0], [1.0, 2.0]]


def panics(x):
    raise pl.exceptions.PanicException("no such row")


def library(x):
    return np.linalg.inv(x["close"])


def one_of_few(x):
    return 1.0 if x.bars.height < 5 else x["close"]


def peeks(x):
    later = np.append(x["close"][1:], x["close"][-1])
    return np.where(x["ordinal"] % 500 == 317, later, x["close"])


def sound(x):
    return x.bars["close"] > x.bars["open"]


def features():
    made = [complexes, texts, ragged, panics, library, one_of_few, peeks, sound]
    return [Feature(name=one.__name__, function=one, lookback=1, **TOLD) for one in made]
"""
NO_NUMBERS = {
    "complexes": "a value of type complex128",
    "texts": "a value of type str_",
    "ragged": "setting an array element with a sequence.",
}
FAILS = {
    "panics": "PanicException in mine.py, line 22: no such row",
    "library": "LinAlgError in mine.py, line 26: 1-dimensional array given. Array must be at least two-dimensional",
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Bars of 900 quotes, and no features but the module's."""
    monkeypatch.chdir(tmp_path)
    store.write_table(Path("data/bars/tick/WALK.parquet"), walk(900, seed=1, quotes=True), BARS)
    Path("own").mkdir()
    written(MINE)


def written(code, only=()):
    Path("own/mine.py").write_text(code)
    entry = {"kind": "crypto", "tick_size": 0.25, "weekend_trading": True}
    blocks = {
        "instrument": {"symbol": "WALK", "table": {"WALK": entry}},
        "data": {"source": "synthetic"},
        "session": {},
        "bars": {"types": {"tick": 20}, "main": "tick", "roll": {"contracts": {}}},
        "features": {"module": "own.mine", "only": list(only), "cross": {"symbols": []}},
        "compute": {"executor": "serial"},
    }
    YAML().dump(blocks, Path("params.yaml"))


def told_by(capsys):
    told = capsys.readouterr()
    return [line for line in told.out.splitlines() if line.startswith("  ")], told.err


@pytest.mark.usefixtures("project")
def test_each_odd_feature_is_named_and_the_others_are_held(capsys):
    names = [*NO_NUMBERS, *FAILS, "one_of_few", "peeks", "sound"]
    written(MINE, names)
    assert main(["features", "check"]) == 1
    told, error = told_by(capsys)
    assert error == "assay: features: must keep the laws; found 14 broken; correct what is named above\n"
    rule = "must be computed of any bars; found features.module, feature"
    for name, found in NO_NUMBERS.items():
        start = f"  {name}: {rule} {name}: its function must return numbers; found {found}"
        assert sum(line.startswith(start) for line in told) == 2
    for name, found in FAILS.items():
        start = f"  {name}: {rule} {name}: its function must return a value per bar; found {found}; correct it"
        assert told.count(start) == 2
    few = "must have a value per bar; found shape () of 1 bars; correct its function"
    assert told.count(f"  one_of_few: must be computed of any bars; found feature one_of_few: {few}") == 2
    assert [line.partition("; found ")[0] for line in told[6::7]] == ["  peeks: must not change when bars follow"] * 2


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("name", [*NO_NUMBERS, *FAILS])
def test_build_names_the_feature(capsys, name):
    written(MINE, [name])
    assert main(["features", "build"]) == 1
    told = capsys.readouterr().out
    rule = "numbers" if name in NO_NUMBERS else "a value per bar"
    start = f": features.module, feature {name}: its function must return {rule}; found "
    assert told.startswith("WALK: failed: ")
    assert f"{start}{(NO_NUMBERS | FAILS)[name]}" in told


LONG = MINE.replace(
    'x.bars["close"] > x.bars["open"]', "x['close'] - (x['close'].mean() if x.bars.height > 700 else 0)"
)


@pytest.mark.usefixtures("project")
def test_a_feature_that_goes_by_the_length_of_the_table_is_found(capsys, monkeypatch):
    """The bars that are looked at are fewer than those from which it does."""
    monkeypatch.setattr(features_check, "_MOST", 650)
    written(LONG, ["sound"])
    assert main(["features", "check"]) == 1
    (told,), _ = told_by(capsys)
    start = "  sound: must not change with the number of bars before its look-back; found row 0 of the last 650 is "
    assert told.startswith(start)
    assert told.endswith(" of all 900 bars")


NEEDS = MINE.replace("lookback=1,", "lookback=1, needs=NEEDS,")


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("needs", "found"),
    [
        (("volum",), "'volum'; did you mean volume?"),
        (("close", "open_interest.valu"), "'open_interest.valu'; did you mean open_interest.value?"),
        (("fundings",), "'fundings'; did you mean funding?"),
        (("symbol",), "'symbol'; "),
        (("XYZ",), "'XYZ'; name one such as volume, funding or open_interest.value"),
        ((3,), "3; name one such as volume, funding or open_interest.value"),
        ("volume", "'volume'; write needs=('volume',)"),
    ],
)
def test_a_need_that_nothing_could_meet_is_refused(capsys, needs, found):
    written(f"NEEDS = {needs!r}\n{NEEDS}", ["sound"])
    assert main(["features", "check"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("assay: features.module, feature 'complexes': needs must ")
    assert f"; found {found}" in told.err
    assert told.err.count("\n") == 1


@pytest.mark.usefixtures("project")
def test_what_could_be_there_may_be_needed():
    for needs in (("volume", "order_flow"), ("book",), ("actions", "open_interest.taker_buy_sell")):
        written(f"NEEDS = {needs!r}\n{NEEDS}", ["sound"])
        assert main(["features", "ls"]) == 0
    blocks = YAML().load(Path("params.yaml"))
    blocks["features"]["cross"]["symbols"] = ["XYZ"]
    YAML().dump(blocks, Path("params.yaml"))
    Path("own/mine.py").write_text(f"NEEDS = ('XYZ',)\n{NEEDS}")
    assert main(["features", "ls"]) == 0
