"""Entries of a user's module: what is refused of one, and how it stands with the others."""

from __future__ import annotations

import sys
import types

import numpy as np
import pytest

from assay.errors import DataError, ParamsError
from assay.features import beside
from assay.features import columns as columns_module
from assay.features.build import build
from assay.features.catalogue import catalogue, schema
from assay.features.columns import columns
from assay.features.cross.other import Other
from assay.features.derivatives.liquidations import liquidated
from assay.features.feature import Feature
from assay.features.own import Own, own
from assay.features.params import FeatureParams

from .conftest import EVERY

ENTRIES = catalogue(EVERY)


def doubled(**fields) -> Feature:
    given = {"lookback": 1, "function": lambda x: 2.0 * x["close"] / x["open"], "reference": "mine", **fields}
    return Feature(group="own", **{"name": "doubled", "definition": "twice the ratio", "unit": "ratio", **given})


def module(**names):
    return types.SimpleNamespace(**names)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (module(), r"must have a function features\(\); found NoneType"),
        (module(features=[]), r"must have a function features\(\); found list"),
        (module(features=list), r"must return a list of features; found an empty one"),
        (module(features=lambda: "rsi"), r"must return a list of features; found str"),
        (module(features=lambda: [3]), r"must return assay\.features\.feature\.Feature; found int"),
        (module(features=lambda: [doubled(name="a b")]), "letters, digits and underscores, .*; found a b"),
        (module(features=lambda: [doubled(definition="")]), "definition must be one line of text; found ''"),
        (
            module(features=lambda: [doubled(lookback=0)]),
            "must lie inside the look-back, .*; found lookback 0, starts_at None",
        ),
        (module(features=lambda: [doubled(lookback="5")]), "must lie inside the look-back, .*; found lookback '5', "),
        (module(features=lambda: [doubled(starts_at="0")]), "look-back, .*; found lookback 1, starts_at '0'"),
        (module(features=lambda: [doubled(unit=3)]), "unit must be one line of text; found 3; "),
        (module(features=lambda: [doubled(lookback=3, starts_at=3)]), "look-back, .*; found lookback 3, starts_at 3"),
        (module(features=lambda: [doubled(lookback=100_001)]), "of 100,000 bars at most; found lookback 100001"),
        (module(features=lambda: [doubled(name="ordinal")]), "none of symbol, ordinal, closed_at; found ordinal"),
        (module(features=lambda: [doubled(function=3)]), "function must be a function of the inputs; found 3"),
        (module(features=lambda: [doubled(price_power="a")]), "price_power must be a whole number or None; found 'a'"),
    ],
)
def test_what_is_no_feature_is_refused_in_one_line(given, found):
    with pytest.raises(ParamsError, match=found) as error:
        own(given, "")
    assert str(error.value).startswith("features.module")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("fails", "found"),
    [
        (lambda _: 1 / 0, "ZeroDivisionError in test_own_entries.py"),
        (lambda _: sys.exit(0), "SystemExit in test_own_entries.py"),
    ],
)
def test_a_feature_that_fails_or_ends_the_program_is_named(quotes, instrument, hours, fails, found):
    entry = Feature("theirs", "mine", "something", "ticks", 1, fails, "me")
    mine = own(types.SimpleNamespace(features=lambda: [entry]), "0" * 64)
    with pytest.raises(DataError, match="feature mine: its function must return a value per bar; found ") as error:
        build(quotes, FeatureParams(), instrument, hours, own=mine)
    assert found in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "given", [lambda x: x["close"], lambda x: x.ticks("close"), lambda x: x.log_return, lambda x: x.mean("close", 5)]
)
def test_one_that_writes_to_what_it_was_given_is_named(quotes, instrument, hours, given):
    def writes(x):
        values = given(x)
        values *= 2.0
        return values

    def reads(x):
        return given(x) + 0.0

    fine, bad = (doubled(name=one.__name__, function=one, lookback=5) for one in (reads, writes))
    with pytest.raises(DataError, match=r"feature writes: .*ValueError in test_own_entries\.py.*read-only"):
        build(quotes, FeatureParams(), instrument, hours, own=own(module(features=lambda: [bad, fine]), ""))


def test_one_that_changes_a_frame_changes_its_own_alone(quotes, instrument, hours):
    def changes(x):
        x.bars.replace_column(x.bars.get_column_index("close"), 2.0 * x.bars["close"])
        x.bars[0, "open"] = 1e4
        return x.bars["close"] / x.bars["open"]

    names = {"changes": changes, "reads": lambda x: x["close"] / x["open"]}
    entries = [doubled(name=name, function=function) for name, function in names.items()]
    before, ours = quotes.clone(), build(quotes, FeatureParams(), instrument, hours)
    built = build(quotes, FeatureParams(), instrument, hours, own=own(module(features=lambda: entries), ""))
    assert quotes.equals(before, null_equal=True)
    assert built.select(ours.columns).equals(ours, null_equal=True)
    ratio = (before["close"] / before["open"]).to_numpy().astype(np.float32)
    np.testing.assert_array_equal(built["reads"].to_numpy(), ratio)
    np.testing.assert_array_equal(built["changes"].to_numpy()[1:], 2.0 * ratio[1:])


def test_what_one_does_to_its_frames_reaches_no_series_of_another(world):
    def twice(table, *names):
        for name in names:
            column = table[name]
            later = column.dt.offset_by("1d") if column.dtype.is_temporal() else 2 * column
            table.replace_column(table.get_column_index(name), later)

    def changes(x):
        x.of_context("funding", lambda table: twice(table, "rate", "time"))
        twice(x.bars, "close")
        twice(x.context["funding"], "rate")
        twice(beside.in_order(x, "funding"), "rate")
        twice(x.context["liquidations"], "value", "known_at")
        twice(x.markets["OTHER"].bars, "close", "known_at")
        return sum(function(x) for function in functions.values())

    other = Other("OTHER", 24)
    functions = {
        "close": lambda x: x["close"] + x.log("close"),
        "rate": lambda x: beside.told(x, "funding", beside.column(x, "funding", "rate"), 24),
        "age": lambda x: beside.age_hours(x, "funding"),
        "liquidated": lambda x: liquidated(x, 24, 48, -1, 1),
        "other": other.log_return,
        "age_of_other": other.age_hours,
    }
    needs = ("funding", "liquidations", "OTHER")
    entries = [doubled(name=name, function=function, needs=needs) for name, function in functions.items()]
    changing = doubled(name="changes", function=changes, needs=needs)

    def built(*given):
        ours = [entry for entry in ENTRIES if entry.group in ("derivatives", "cross")]
        told = columns([*own(module(features=lambda: list(given)), "", ("OTHER",)).features, *ours], world.but())
        return {column.name: column for column in told if column.name != "changes"}

    alone, among = built(*entries), built(changing, *entries)
    for name, column in alone.items():
        assert column.equals(among[name], null_equal=True), name


def test_a_table_is_put_in_order_once_for_all_of_them_in_all_blocks(world, monkeypatch):
    made = []
    monkeypatch.setattr(beside, "in_time", lambda table: made.append(table.height) or table)
    monkeypatch.setattr(columns_module, "N_VALUES", 0)
    monkeypatch.setattr(columns_module, "N_ROWS", 100)
    ages = [doubled(name=f"age_{i}", function=lambda x: beside.age_ns(x, "book"), needs=("book",)) for i in range(3)]
    columns(own(module(features=lambda: ages), "").features, world.but())
    assert made == [world.context["book"].height]


def test_they_are_of_their_own_group_whatever_they_say():
    given = module(features=lambda: [Feature("returns", "mine", "x", "x", 1, lambda x: x["close"], "x")])
    assert own(given, "abc").features[0].group == "own"


def test_they_are_kept_and_excluded_by_name_and_no_other_may_have_it(quotes, instrument, hours):
    mine = Own((doubled(),), "abc")
    assert catalogue(FeatureParams(), mine)[-1].name == "doubled"
    assert [entry.name for entry in catalogue(FeatureParams(only=["doubled"]), mine)] == ["doubled"]
    assert "doubled" not in [entry.name for entry in catalogue(FeatureParams(exclude=["doubled"]), mine)]
    with pytest.raises(ParamsError, match="rsi_14 twice"):
        catalogue(FeatureParams(), Own((doubled(name="rsi_14"),)))
    built = build(quotes, FeatureParams(only=["doubled"]), instrument, hours, own=mine)
    assert built.columns[3:] == ["doubled"]
    assert schema(FeatureParams(), mine)["hash"] != schema(FeatureParams())["hash"]
