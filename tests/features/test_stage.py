from __future__ import annotations

import json

import polars as pl
import pytest
from ruamel.yaml import YAML

from assay import store
from assay.bars.known import known
from assay.errors import ParamsError
from assay.features.build import build
from assay.features.catalogue import schema
from assay.features.params import FeatureParams
from assay.market.instruments import InstrumentParams, find
from assay.market.sessions import SessionParams, hours
from assay.tables.bars import BARS
from assay.tables.features import FEATURES
from stages.features import main

WALK = {
    "kind": "future",
    "tick_size": 0.25,
    "zone": "America/Chicago",
    "session_start": "17:00",
    "session_end": "16:15",
}


@pytest.fixture
def root(tmp_path, monkeypatch, quotes):
    monkeypatch.chdir(tmp_path)
    blocks = {
        "instrument": {"symbol": "WALK", "table": {"WALK": WALK}},
        "session": {},
        "bars": {"main": "tick", "types": {"tick": 20, "time": 60}, "roll": {"contracts": {}}},
        "features": {"exclude": ["natr"]},
    }
    YAML().dump(blocks, tmp_path / "params.yaml")
    store.write_table(tmp_path / "data/bars/tick/WALK.parquet", quotes, BARS)
    return tmp_path


def test_the_stage_writes_features_and_their_schema(root, quotes):
    main()
    params = FeatureParams(exclude=["natr"])
    instrument = find(InstrumentParams(symbol="WALK", table={"WALK": WALK}))
    expected = build(quotes, params, instrument, hours(SessionParams(), instrument))
    assert store.read_table(root / "data/features/WALK.parquet", FEATURES).equals(expected, null_equal=True)
    assert json.loads((root / "data/features/schema.json").read_text()) == schema(params)


def test_a_mistyped_group_is_refused_before_anything_is_written(root):
    (root / "params.yaml").write_text((root / "params.yaml").read_text().replace("exclude", "exclud"))
    with pytest.raises(ParamsError, match=r"features\.exclud.*did you mean exclude"):
        main()
    assert not (root / "data/features").exists()


def test_the_stage_joins_features_of_slower_bars(root, quotes):
    text = (root / "params.yaml").read_text()
    (root / "params.yaml").write_text(text.replace("  exclude:", "  slower: [time]\n  exclude:"))
    slow = quotes[::7].with_columns(ordinal=pl.int_range(quotes[::7].height))
    store.write_table(root / "data/bars/time/WALK.parquet", slow, BARS)
    main()
    params = FeatureParams(exclude=["natr"], slower=["time"])
    instrument = find(InstrumentParams(symbol="WALK", table={"WALK": WALK}))
    clock = hours(SessionParams(), instrument)
    others = {"time": known(slow, "time", 60, clock)}
    expected = build(quotes, params, instrument, clock, others)
    assert store.read_table(root / "data/features/WALK.parquet", FEATURES).equals(expected, null_equal=True)
    assert json.loads((root / "data/features/schema.json").read_text()) == schema(params)


def test_a_slower_type_that_is_not_built_is_refused_before_anything_is_written(root):
    text = (root / "params.yaml").read_text()
    (root / "params.yaml").write_text(text.replace("  exclude:", "  slower: [volume]\n  exclude:"))
    with pytest.raises(ParamsError, match=r"features\.slower.*volume, of time"):
        main()
    assert not (root / "data/features").exists()
