"""``assay features ls`` and ``check`` tell of every feature: those of slower bars, and those that lack data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from ruamel.yaml import YAML

from assay import store
from assay.bars.known import known
from assay.cli import main
from assay.features.breaches import looks_ahead
from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.later import as_of_main
from assay.market.instruments import Instrument
from assay.market.sessions import Hours
from assay.tables.bars import BARS
from tests.features.conftest import walk

ALWAYS = Hours("UTC", 0, 86_400, 86_400, weekend_trading=False)
TIME = "time_log_return_1"


def params(**features):
    entry = {"kind": "crypto", "tick_size": 0.25, "weekend_trading": True}
    blocks = {
        "instrument": {"symbol": "WALK", "table": {"WALK": entry}},
        "session": {},
        "bars": {"types": {"tick": 20, "time": 60}, "main": "tick", "roll": {"contracts": {}}},
        "features": {"only": ["log_return_1", "spread_bps", TIME], "slower": ["time"]} | features,
    }
    YAML().dump(blocks, Path("params.yaml"))


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Bars of trades, which have no spread."""
    monkeypatch.chdir(tmp_path)
    bars = walk(400, seed=1, quotes=False)
    store.write_table(Path("data/bars/tick/WALK.parquet"), bars, BARS)
    slow = bars[::7].with_columns(ordinal=pl.int_range(bars[::7].height))
    store.write_table(Path("data/bars/time/WALK.parquet"), slow, BARS)
    params()


@pytest.mark.usefixtures("project")
def test_ls_lists_the_features_of_slower_bars_with_their_type(capsys):
    for more in ([], ["--all"]):
        assert main(["features", "ls", *more]) == 0
        told = capsys.readouterr().out.splitlines()
        row = next(i for i, line in enumerate(told) if line.startswith(TIME))
        assert told[row].endswith("; of the last time bar known at the close")
        assert "look-back 2 time bars; from row 1;" in told[row + 1]


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("group", "remedy"),
    [
        ("nosuch", "name one of returns, volatility,"),
        ("volatilty", "did you mean volatility?"),
        ("entropy", "add --all, or set features.entropy.enabled to true"),
        ("own", "name a module of yours in features.module"),
    ],
)
def test_a_group_of_which_there_is_nothing_to_list_is_refused_in_one_line(capsys, group, remedy):
    assert main(["features", "ls", "--group", group]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"assay: --group: must name a group of features that is on; found {group}; {remedy}")
    assert told.err.count("\n") == 1
    assert main(["features", "ls", "--group", "entropy", "--all"]) == 0


@pytest.mark.usefixtures("project")
def test_with_all_groups_cross_asks_for_markets(capsys):
    assert main(["features", "ls", "--all", "--group", "cross"]) == 1
    rule = "must name a group of features that there is; found cross; name other markets in features.cross.symbols"
    assert capsys.readouterr().err == f"assay: --group: {rule}\n"


@pytest.mark.usefixtures("project")
def test_check_names_what_it_leaves_out_and_holds_slower_features(capsys):
    assert main(["features", "check"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in told[:2]] == ["made market"] * 2
    assert told[2:] == [
        "data/bars/tick/WALK.parquet: 1 of 2 features on 400 bars",
        "  left out for want of spread_mean: spread_bps",
        "data/bars/tick/WALK.parquet: 1 of 1 features of slower time bars on 58 bars",
    ]


@pytest.mark.usefixtures("project")
def test_check_says_which_features_it_held_to_no_law(capsys):
    params(only=["log_return_1", "funding_rate", TIME], derivatives={"enabled": True})
    YAML().dump(YAML().load(Path("params.yaml")) | {"data": {"source": "synthetic"}}, Path("params.yaml"))
    assert main(["features", "check"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told.count("  left out for want of funding: funding_rate") == 2
    assert told[-1] == "held to no law: funding_rate"


AS_BUILT = """
from assay.features.feature import Feature


def column(x):
    return (x.bars["known_at"].to_physical() - x.bars["closed_at"].to_physical()).to_numpy() / 1.0


def features():
    told = dict(group="own", name="wait", definition="until it is known", unit="ns", lookback=1, reference="mine")
    return [Feature(function=column, **told)]
"""


@pytest.mark.usefixtures("project")
def test_check_holds_features_on_what_they_are_built_of(capsys):
    """The bars of ``build`` tell when each is known; what looks at that is held on the same."""
    params(module="own.mine", only=["wait"], slower=[])
    Path("own").mkdir()
    Path("own/mine.py").write_text(AS_BUILT)
    assert main(["features", "check"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.partition(": ")[2].partition(" on ")[0] for line in told] == ["1 of 1 features"] * 2


def test_a_slower_feature_that_looks_ahead_is_found():
    """A feature of slower bars that looks one of them ahead changes rows of the main bars when bars follow."""
    bars = walk(400, seed=1, quotes=False)
    instrument = Instrument(symbol="WALK", kind="crypto", tick_size=0.25)
    slow = known(bars[6::7].with_columns(ordinal=pl.int_range(bars[6::7].height)), "tick", 7, ALWAYS)
    inputs = Inputs(bars, instrument, ALWAYS, markets={"time": Inputs(slow, instrument, ALWAYS)})

    def entry(function):
        return Feature("own", "one", "a definition", "ticks", 1, function, "mine")

    fair = {"time": [entry(lambda x: x.ticks("close"))]}
    peeks = {"time": [entry(lambda x: np.append(x.ticks("close")[1:], np.nan))]}
    assert list(looks_ahead(as_of_main(fair), inputs)) == []
    (found,) = looks_ahead(as_of_main(peeks), inputs)
    assert str(found).startswith("one: must not change when bars follow; found row")
