"""``assay features check``: what code keeps between two runs is found, and what can be held is what is built."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from ruamel.yaml import YAML

from assay import store
from assay.cli import features_check, main
from assay.tables.bars import BARS
from tests.features.conftest import walk

from .test_features_check import MINE, NEEDS, project, told_by, written  # noqa: F401 - a fixture

KEEPS = """
import functools
import numpy as np
from assay.features.feature import Feature

TOLD = dict(group="own", definition="a definition", unit="none", reference="mine", price_power=None)
SD, BARS, LAST = {}, {}, []


def spread(x):
    return float(np.nanstd(x.log_return)) or 1.0


def scaled(x):
    return x.log_return / SD.setdefault(x.instrument.symbol, spread(x))


@functools.lru_cache
def fitted(symbol):
    return spread(BARS[symbol])


def cached(x):
    BARS[x.instrument.symbol] = x
    return x.log_return / fitted(x.instrument.symbol)


def tallest(x):
    global LAST
    if x.bars.height > len(LAST):
        LAST = np.append(x.log_return[1:], 0.0)
    return LAST[: x.bars.height].copy()


def rising(x):
    kept = SD.setdefault("rising", {})
    kept[x.bars.height] = spread(x)
    return x.log_return / kept[max(kept)]


def sound(x):
    return BARS.setdefault(("sound", x.bars.height, x["closed_at"][-1]), x.log_return.copy())


def features():
    made = [scaled, cached, tallest, rising, sound]
    return [Feature(name=one.__name__, function=one, lookback=2, **TOLD) for one in made]
"""


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("name", ["scaled", "cached", "tallest", "rising"])
def test_what_a_module_keeps_of_bars_to_come_is_found_on_every_market(capsys, name):
    """A dictionary, a cache, a global of the most bars: the made market must not hide it either."""
    written(KEEPS, [name])
    assert main(["features", "check"]) == 1
    told, _ = told_by(capsys)
    start = f"  {name}: must not go by what its code was given before; found row "
    assert [line.startswith(start) for line in told] == [True, True]
    assert all(line.endswith(": is something kept in the module, or drawn at random?") for line in told)


@pytest.mark.usefixtures("project")
def test_what_a_module_keeps_of_the_same_bars_is_its_own_affair(capsys):
    written(KEEPS, ["sound"])
    assert main(["features", "check"]) == 0
    assert told_by(capsys) == ([], "")


@pytest.mark.usefixtures("project")
def test_what_a_module_keeps_from_the_most_bars_on_alone_is_found(capsys):
    """Nothing is kept of the first half: only that every row comes before the bars after it tells."""
    late = KEEPS.replace("SD.setdefault(x.instrument.symbol, spread(x))", "late(x)")
    late += """

def late(x):
    if x.bars.height < 800:
        return 0.01
    return SD.setdefault("late", spread(x))
"""
    written(late, ["scaled"])
    assert main(["features", "check"]) == 1
    told, _ = told_by(capsys)
    assert told
    assert all(line.startswith("  scaled: must not ") for line in told)


@pytest.mark.usefixtures("project")
def test_features_that_are_others_at_the_next_import_are_told(capsys):
    text = KEEPS.replace("made = [scaled", "made = [scaled if once() else tallest")
    text += """

def once():
    path = Path("imported")
    found = path.exists()
    path.touch()
    return not found
"""
    written(text.replace("import functools", "import functools\nfrom pathlib import Path"), ["scaled"])
    assert main(["features", "check"]) == 1
    told, _ = told_by(capsys)
    start = "  scaled: must be computed of any bars; found features.module: features() must return the same "
    assert [line.startswith(start) for line in told] == [True, True]


def dry(bars, ordinal):
    """The bars, one of them without volume."""
    here, names = pl.col("ordinal") == ordinal, ("volume", "buy_volume", "sell_volume", "value", "largest")
    return bars.with_columns(pl.when(here).then(0.0).otherwise(pl.col(name)).alias(name) for name in names)


@pytest.mark.usefixtures("project")
def test_the_first_bar_of_all_decides_what_can_be_held(capsys, monkeypatch):
    """As it decides what is built: one bar without volume where the last bars begin leaves nothing out."""
    monkeypatch.setattr(features_check, "_MOST", 650)
    bars = walk(900, seed=1, quotes=True)
    written(f"NEEDS = ('volume',)\n{NEEDS}", ["sound"])
    store.write_table(Path("data/bars/tick/WALK.parquet"), dry(bars, 250), BARS)
    assert main(["features", "check"]) == 0
    assert "WALK.parquet: 1 of 1 features on 650 bars\n" in capsys.readouterr().out
    store.write_table(Path("data/bars/tick/WALK.parquet"), dry(bars, 0), BARS)
    assert main(["features", "check"]) == 0
    told = capsys.readouterr().out
    assert "WALK.parquet: 0 of 1 features on 650 bars\n  left out for want of volume: sound\n" in told


@pytest.mark.usefixtures("project")
def test_slower_bars_of_which_nothing_is_kept_are_not_asked_for_features(capsys):
    written(MINE, ["sound"])
    blocks = YAML().load(Path("params.yaml"))
    blocks["features"]["slower"] = ["time"]
    blocks["bars"]["types"]["time"] = 60
    YAML().dump(blocks, Path("params.yaml"))
    store.write_table(Path("data/bars/time/WALK.parquet"), walk(90, seed=1, n_ticks=200, quotes=True), BARS)
    assert main(["features", "check"]) == 0
    assert "slower" not in capsys.readouterr().out
