"""Blocks of rows change nothing: what a window decides is the same from any row on."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import talib

from assay.errors import DataError
from assay.features import columns as columns_module
from assay.features.catalogue import catalogue
from assay.features.columns import columns
from assay.features.feature import Feature

from .conftest import EVERY

ENTRIES = catalogue(EVERY)
SHORT = 30
"""A look-back that gives blocks of as many rows: many in the bars there are."""


def made(name="made", function=lambda x: x["close"], **fields):
    return Feature("own", name, "a test", "none", fields.pop("lookback", 1), function, "none", **fields)


def in_blocks(monkeypatch, n_rows):
    """Let blocks have so many rows, or as many as the longest look-back needs, however many features there are."""
    monkeypatch.setattr(columns_module, "N_VALUES", 0)
    monkeypatch.setattr(columns_module, "N_LEADS", 1)
    monkeypatch.setattr(columns_module, "N_ROWS", n_rows)


@pytest.mark.slow
def test_the_whole_catalogue_is_the_same_in_blocks_of_any_size(world, monkeypatch):
    short = [entry for entry in ENTRIES if entry.lookback <= SHORT]
    for asked, n_rows in ((short, 1), (short, 700), (ENTRIES, 1), (ENTRIES, 700)):
        expected = columns(asked, world.but())
        with monkeypatch.context() as patched:
            in_blocks(patched, n_rows)
            built = columns(asked, world.but())
        for one, other in zip(built, expected, strict=True):
            np.testing.assert_array_equal(one.to_numpy().view(np.uint32), other.to_numpy().view(np.uint32), one.name)


def assert_same_bits(one, other):
    asked = [entry for entry in ENTRIES if entry.group in ("book", "derivatives", "clock", "time", "cross")]
    for a, b in zip(columns(asked, one), columns(asked, other), strict=True):
        np.testing.assert_array_equal(a.to_numpy().view(np.uint32), b.to_numpy().view(np.uint32), a.name)


def test_tables_of_many_parts_give_the_same_bits(world):
    def split(table):
        return pl.concat([part for part in (table[:100], table[100:101], table[101:]) if part.height], rechunk=False)

    parts = world.but(bars=split(world.bars), context={kind: split(table) for kind, table in world.context.items()})
    assert_same_bits(parts, world)


@pytest.mark.parametrize("unit", ["us", "ms"])
def test_times_in_any_unit_give_the_same_bits(world, unit):
    """Frames that users make are in microseconds: taken as nanoseconds, all would be known to the first bar."""

    def coarse(table):
        """Move instants to whole seconds."""
        instants = [name for name, kind in table.schema.items() if kind == pl.Datetime("ns", "UTC")]
        return table.with_columns(pl.col(instants).dt.truncate("1s"))

    def units(table):
        return table.with_columns(pl.selectors.datetime().dt.cast_time_unit(unit))

    def of(change):
        context = {kind: change(coarse(table)) for kind, table in world.context.items()}
        markets = {name: other.but(bars=change(coarse(other.bars))) for name, other in world.markets.items()}
        return world.but(bars=change(coarse(world.bars)), context=context, markets=markets)

    assert_same_bits(of(units), of(lambda table: table))


def test_what_was_made_for_one_table_is_gone_when_those_of_another_are_built(world):
    remade = []

    def entry(name, *needs):
        def function(x):
            x.once("shared", lambda: remade.append(name))
            return x["close"]

        return made(name, function, needs=needs, lookback=2, starts_at=1)

    entries = [entry("plain"), entry("first", "funding"), entry("other", "OTHER"), entry("second", "funding")]
    columns(entries, world.but())
    assert sorted(remade) == ["first", "other", "plain"]


@pytest.mark.parametrize("n_rows", [100, 1 << 20])
def test_nothing_made_of_books_stays_when_the_blocks_are_done(world, monkeypatch, n_rows):
    in_blocks(monkeypatch, n_rows)
    books, remade = [entry for entry in ENTRIES if entry.group == "book"], []

    def later(x):
        x.of_context("book", remade.append)
        return x["close"]

    columns([*books, made("first", lambda x: x.of_context("book", len) + x["close"], needs=("book",))], world.but())
    columns([*books, made("later", later, lookback=2, starts_at=1)], world.but())
    assert len(remade) == 1


def test_other_inputs_share_nothing_with_those_they_were_made_of(world):
    one, made = world.but(), []
    other = one.but()

    def height(table):
        made.append(table.height)

    for x in (one, other, one, other):
        x.of_context("book", height)
        x.once("mine", lambda: made.append("mine"))
    assert made == 2 * [world.context["book"].height, "mine"]


def test_a_block_sees_the_look_back_before_it_and_no_more(world, monkeypatch):
    seen = []

    def first_ordinal(x):
        seen.append((int(x["ordinal"][0]), x.bars.height))
        return x["ordinal"] - x["ordinal"][0]

    in_blocks(monkeypatch, 1000)
    (built,) = columns([made(function=first_ordinal, lookback=11)], world)
    assert seen == [(0, 1000), (990, 1010), (1990, 610)]
    assert np.isnan(built.to_numpy()[:10]).all()
    assert built.to_numpy()[[10, 999, 1000, 2000]].tolist() == [10.0, 999.0, 10.0, 10.0]


@pytest.mark.parametrize("fields", [{"lookback": 9, "starts_at": 3}, {"needs": ("funding",)}], ids=["fading", "joined"])
def test_what_no_window_decides_is_built_of_all_rows_at_once(fields, world, monkeypatch):
    in_blocks(monkeypatch, 100)
    heights = []
    columns([made(function=lambda x: heights.append(x.bars.height) or x["close"], **fields)], world)
    assert heights == [world.bars.height]


def test_columns_of_the_bars_are_computed_once_for_all(world):
    x = world.but()
    columns([made("one", lambda x: x.log("close"), lookback=5, starts_at=0)], x)
    assert x.rows(10, 20).log("close").base is not None
    np.testing.assert_array_equal(x.rows(10, 20).log("close"), x.log("close")[10:20])
    assert x.rows(0, world.bars.height) is x


def test_of_many_rows_nothing_stays_of_what_a_group_or_another_market_was_made_of(world, monkeypatch):
    in_blocks(monkeypatch, 1000)
    x, n_made = world.but(), []
    (other,) = x.markets.values()
    for place in (x, other):
        asked = [
            made("one", lambda x, place=place: place.once("made", lambda: n_made.append(1) or x["close"]), starts_at=0)
        ]
        columns([*asked, *asked], x)
        place.once("made", lambda: n_made.append(1))
    assert len(n_made) == 4


def test_a_function_without_a_value_per_bar_is_refused(world):
    with pytest.raises(DataError, match=r"feature made: must have a value per bar; found shape \(2599,\) of 2600 bars"):
        columns([made(function=lambda x: x["close"][1:])], world)


def test_an_infinity_is_refused_with_feature_and_row_also_of_a_later_block(world, monkeypatch):
    in_blocks(monkeypatch, 1000)
    far = made("far", lambda x: np.where(x["ordinal"] == 2345, 1e300, 0.0))
    with pytest.raises(DataError, match="feature far: must be finite or NaN; found infinity in row 2345"):
        columns([made(), far], world)


def test_an_infinity_before_the_first_valid_row_is_nothing(world):
    early = made(function=lambda x: np.where(x["ordinal"] < 4, np.inf, 0.0), lookback=5)
    assert columns([early], world)[0].is_nan().sum() == 4


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.arange(x.bars.height),
        lambda x: np.arange(2.0 * x.bars.height)[::2] / 2.0,
        lambda x: x.given("ordinal"),
        lambda x: np.arange(x.bars.height, dtype=np.float32),
    ],
    ids=["whole", "strided", "read-only", "single"],
)
def test_an_array_of_any_kind_is_taken_over(function, world):
    one, two = columns([made("one", function), made("two", lambda x: -function(x), lookback=3)], world)
    assert (one.name, two.name) == ("one", "two")
    np.testing.assert_array_equal(one.to_numpy(), np.arange(2600, dtype=np.float32))
    np.testing.assert_array_equal(two.to_numpy(), [np.nan, np.nan, *-np.arange(2.0, 2600.0)])


def test_a_number_for_all_bars_is_refused_also_where_there_is_one(world):
    with pytest.raises(DataError, match=r"feature made: must have a value per bar; found shape \(\) of 1 bars"):
        columns([made(function=lambda x: x["close"][0])], world.rows(0, 1))


def test_only_the_newest_of_large_things_is_kept(world):
    x, made = world.but(), []
    for key in ("a", "a", "b", "a"):
        assert x.newest(key, lambda key=key: made.append(key) or key) == key
    assert made == ["a", "b", "a"]


def test_outputs_of_one_function_are_neighbours_so_each_is_called_once(world, monkeypatch):
    calls = []
    for name in ("AROON", "SMI", "HT_SINE", "CDLDOJI"):
        function = getattr(talib, name)
        monkeypatch.setattr(talib, name, lambda *a, f=function, name=name, **k: calls.append(name) or f(*a, **k))
    columns([entry for entry in ENTRIES if entry.group == "ta"], world.but())
    assert sorted(calls) == ["AROON", "CDLDOJI", "HT_SINE", "SMI"]
