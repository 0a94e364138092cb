"""The order in which symbols are named changes no byte of any market's features."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import polars as pl
import pytest
from ruamel.yaml import YAML

from assay import store
from assay.cli import main
from assay.tables.bars import BARS
from assay.tables.features import FEATURES
from tests.features.conftest import walk

NAMES = ("AAA", "BBB", "CCC")


def params(symbol, *crossed):
    """Write params of one main market that looks at others."""
    entry = {"kind": "crypto", "tick_size": 0.25, "weekend_trading": True}
    cross = {
        "enabled": bool(crossed),
        "symbols": list(crossed),
        "windows": [1],
        "lags": [],
        "correlation_windows": [10],
    }
    blocks = {
        "instrument": {"symbol": symbol, "table": dict.fromkeys((*NAMES, "MAIN"), entry)},
        "session": {},
        "bars": {"types": {"tick": 20}, "main": "tick", "roll": {"contracts": {}}},
        "features": {"cross": cross | {"ratio_window": 10}},
        "compute": {"executor": "serial"},
    }
    YAML().dump(blocks, Path("params.yaml"))


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for i, name in enumerate((*NAMES, "MAIN")):
        bars = walk(90 + i, seed=i, quotes=True).with_columns(symbol=pl.lit(name))
        store.write_table(Path(f"data/bars/tick/{name}.parquet"), bars, BARS)


def built(*names):
    assert main(["features", "build", *names, "--to", "mine"]) == 0
    return {path.name: path.read_bytes() for path in Path("mine").iterdir()}


@pytest.mark.slow
@pytest.mark.usefixtures("project")
def test_markets_named_in_any_order_have_the_same_bytes():
    params("MAIN")
    expected = built()
    assert sorted(expected) == sorted([*(f"{name}.parquet" for name in (*NAMES, "MAIN")), "bars.json", "schema.json"])
    for names in permutations((*NAMES[1:], "MAIN")):
        assert built(*names).items() <= expected.items()


@pytest.mark.slow
@pytest.mark.usefixtures("project")
def test_other_markets_named_in_any_order_make_the_same_columns_in_that_order():
    params("MAIN", *NAMES)
    built("MAIN")
    expected = store.read_table(Path("mine/MAIN.parquet"), FEATURES)
    assert sum(name.endswith("_of_aaa") for name in expected.columns) > 1
    for names in permutations(NAMES):
        params("MAIN", *names)
        built("MAIN")
        table = store.read_table(Path("mine/MAIN.parquet"), FEATURES)
        found = [name.rsplit("_", 1)[1] for name in table.columns if name.startswith("age_of_")]
        assert found == [name.lower() for name in names]
        for name in expected.columns[len(FEATURES.columns) :]:
            assert table[name].to_numpy().tobytes() == expected[name].to_numpy().tobytes(), name
