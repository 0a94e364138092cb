"""The whole catalogue, every group on, under the laws; and faults that show that each law can fire."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest
import talib

from assay.errors import DataError
from assay.features.breaches import breaches
from assay.features.build import build
from assay.features.catalogue import catalogue, schema
from assay.features.groups import GROUPS
from assay.features.laws import LAWS
from assay.features.own import own
from assay.features.params import FeatureParams
from assay.stats import rolling
from assay.tables.features import FEATURES

from .conftest import EVERY, N_WORLD
from .planted import planted

ENTRIES = catalogue(EVERY)
N_LATE = 400
"""Bars of the world, its last ones, that are cut after every one."""


@pytest.mark.parametrize("group", GROUPS)
def test_offline_equals_online_and_no_law_is_broken(group, world):
    entries = [entry for entry in ENTRIES if entry.group == group]
    assert entries
    assert all(world.holds(need) for entry in entries for need in entry.needs)
    assert [str(breach) for breach in breaches(entries, world, whole=True)] == []


def test_every_feature_says_what_it_is_and_its_look_back_is_covered_here():
    assert len({entry.name for entry in ENTRIES}) == len(ENTRIES)
    for entry in ENTRIES:
        assert entry.name.isidentifier()
        assert entry.group in GROUPS
        for text in (entry.definition, entry.unit, entry.reference):
            assert text.strip() == text != ""
            assert "\n" not in text
        assert 0 <= entry.first_valid < entry.lookback <= N_WORLD - 600


def test_all_are_built_in_the_order_of_the_schema(world):
    table = build(world.bars, EVERY, world.instrument, world.hours, context=world.context, markets=world.markets)
    described = schema(EVERY)
    assert json.loads(json.dumps(described, allow_nan=False)) == described
    assert FEATURES.check(table, "every").columns[3:] == [entry["name"] for entry in described["features"]]


@pytest.mark.parametrize("group", ["book", "derivatives"])
def test_tables_without_a_row_are_none(group, world):
    """No column of NaN is made of them."""
    params = FeatureParams.model_validate({group: {"enabled": True}})
    empty = {kind: table.clear() for kind, table in world.context.items()}
    with pytest.raises(DataError, match=rf"^features\.{group}: needs .* of the market; found none; add a feed of one"):
        build(world.bars, params, world.instrument, world.hours, context=empty)


def theirs(function):
    """Return a function as an entry of a user's module."""
    (entry,) = own(SimpleNamespace(features=lambda: [planted(function=function)]), "").features
    return entry


RUNS = count()
FAULTS = {
    "must be finite or NaN": planted(function=lambda x: np.full(x.bars.height, np.inf)),
    "must not go by what its code was given before": planted(
        function=lambda x: np.full(x.bars.height, 1.0 + next(RUNS))
    ),
    "must not change when bars follow": planted(function=lambda x: x["close"] / x["close"].mean()),
    "must be decided by the bars of its look-back": planted(
        lookback=23, function=lambda x: rolling.mean(x["close"], 24) / x["close"]
    ),
    "must change with the unit of money as price_power says": planted(function=lambda x: x["close"]),
    "must change with the unit of volume as size_power says": planted(function=lambda x: x["volume"]),
    "must begin in its first valid row": planted(
        group="returns", function=lambda x: np.where(x["ordinal"] > N_WORLD - 390, 1.0, np.nan)
    ),
    "must be computed of any bars": theirs(lambda _: 1 / 0),
    "must not change with the number of bars before its look-back": planted(
        function=lambda x: x["high"] / x["low"] + (x.bars.height > N_WORLD - 100)
    ),
}


@pytest.mark.parametrize("law", FAULTS)
def test_a_planted_fault_is_named_with_its_law(law, world):
    late = world.rows(N_WORLD - N_LATE, N_WORLD)
    entries = [planted(name="sound"), replace(FAULTS[law], name="faulty")]
    found = list(breaches(entries, late, whole=True, closely=True, longer=world))
    assert [(breach.feature, breach.law) for breach in found] == [("faulty", law)]
    assert "\n" not in str(found[0])


def test_one_of_a_users_may_be_undefined_in_its_first_row_but_not_in_all(world):
    late = world.rows(N_WORLD - N_LATE, N_WORLD)
    sometimes = planted(function=lambda x: np.where(x["ordinal"] > N_WORLD - N_LATE + 9, x["high"] / x["low"], np.nan))
    assert list(breaches([sometimes], late, whole=True)) == []
    never = planted(function=lambda x: np.full(x.bars.height, np.nan))
    assert [breach.law for breach in breaches([never], late, whole=True)] == ["must begin in its first valid row"]


@pytest.mark.parametrize(
    "odd",
    [lambda x: x["close"][1:], lambda _: 1.0, lambda x: x["close"] if x.bars.height == N_WORLD else x["close"][:1]],
    ids=["a row less", "one number", "too few of fewer bars"],
)
def test_what_is_no_value_per_bar_is_named_and_the_others_are_held(odd, world):
    entries = [planted(name="odd", function=odd), FAULTS["must be finite or NaN"]]
    told = [str(breach) for breach in breaches(entries, world)]
    assert told[0].startswith("odd: must be computed of any bars; found feature odd: must have a value per bar; found ")
    assert told[1].startswith("planted: must be finite or NaN")


def test_every_law_has_its_fault():
    assert {law.text for law in LAWS} < {*FAULTS}


def after_break(x):
    return 1.0 + (np.diff(x.session_day, prepend=x.session_day[0]) > 0)


def after_gap(x):
    gap = (x["ordinal"] >= 1_000) & (x["ordinal"] < 1_010)
    return np.where(gap, np.nan, 1.0 + np.append(False, gap[:-1]))


@pytest.mark.parametrize("cheat", [after_break, after_gap])
def test_a_look_back_that_is_too_short_where_a_session_or_a_gap_ends_is_caught(cheat, world):
    """Three rows of the world, and one: its bars in between say nothing."""
    told = cheat(world)
    assert (told == 2.0).sum() == {after_break: 3, after_gap: 1}[cheat]
    breach = next(breaches([planted(function=cheat)], world))
    assert breach.law == "must be decided by the bars of its look-back"


def test_a_recursion_that_claims_too_short_a_memory_is_caught(world):
    def average(x):
        return talib.EMA(x.ticks("close"), 26) / x.ticks("close")

    told = {
        lookback: list(breaches([planted(lookback=lookback, starts_at=25, function=average)], world))
        for lookback in (100, 400)
    }
    assert [breach.law for breach in told[100]] == ["must be decided by the bars of its look-back"]
    assert told[400] == []
