"""Order books of many levels, made by hand."""

from __future__ import annotations

import math
from statistics import mean

import numpy as np
import polars as pl
import pytest

from assay.errors import DataError, ParamsError
from assay.features.book.snapshots import books
from assay.features.inputs import Inputs
from assay.features.params.book import BookParams
from assay.tables.depth import BOOK

from .books import ASKS, BIDS, ENTRIES, NOW, closing, entries, table


@pytest.fixture(scope="module")
def market(instrument, hours):
    def of(seconds, book) -> Inputs:
        return Inputs(closing(seconds), instrument, hours, {"book": book})

    return of


def test_one_book_by_hand(market):
    """Bids 3 at 100, 1 at 99.75, 4 at 99; asks 1 at 100.5, 2 at 101, 5 at 101.5: the mid is 100.25."""
    x = market([5.0], table([(0, 1, BIDS, ASKS)]))
    told = entries(depths=[1, 2, 3, 4], order_sizes=[0.5, 2, 8, 8.5])
    bps = 1e4 / 100.25
    bid_growth = [(1 / 3) / (0.25 / 100), (4 / 4) / (0.75 / 99.75)]
    ask_growth = [2 / (0.5 / 100.5), (5 / 3) / (0.5 / 101)]
    expected = {
        "book_imbalance_1": (3 - 1) / 4,
        "book_imbalance_2": (4 - 3) / 7,
        "book_imbalance_3": 0.0,
        "book_imbalance_4": math.nan,
        "book_imbalance_all": 0.0,
        "book_micro_price": ((100.5 * 3 + 100 * 1) / 4 - 100.25) * bps,
        "book_spread_bps": 0.5 * bps,
        "book_bid_slope": mean(bid_growth) / 1e4,
        "book_ask_slope": mean(ask_growth) / 1e4,
        "book_buy_cost_0_5": 0.25 * bps,
        "book_buy_cost_2": ((100.5 + 101) / 2 - 100.25) * bps,
        "book_buy_cost_8": ((100.5 + 2 * 101 + 5 * 101.5) / 8 - 100.25) * bps,
        "book_buy_cost_8_5": math.nan,
        "book_sell_cost_2": 0.25 * bps,
        "book_sell_cost_8": (100.25 - (3 * 100 + 99.75 + 4 * 99) / 8) * bps,
        "book_sell_cost_8_5": math.nan,
        "book_age": 5.0,
    }
    found = {name: told[name].function(x)[0] for name in expected}
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-12, nan_ok=True)
    at_most_two = entries(levels=2, depths=[1])["book_imbalance_all"].function(x)
    assert at_most_two == pytest.approx([(4 - 3) / 7])


def test_a_book_counts_from_just_after_the_instant_it_is_known_until_it_is_too_old(market):
    """Told at 0, known at 1; told at 10, known at 12, to a close a nanosecond later; 70.1 is later than a minute."""
    x = market([1, 1 + 1e-9, 12, 12 + 1e-9, 70, 70.1], table([(0, 1, BIDS, ASKS), (10, 12, BIDS, ASKS[1:])]))
    spread = ENTRIES["book_spread_bps"].function(x) * np.array([100.25] * 3 + [100.5] * 3) / 1e4
    assert spread == pytest.approx([np.nan, 0.5, 0.5, 1.0, 1.0, np.nan], nan_ok=True)
    assert ENTRIES["book_age"].function(x) == pytest.approx([np.nan, 1, 12, 2, 60, 60.1], nan_ok=True)


def test_a_book_that_comes_after_a_later_one_is_never_told(market):
    late = table([(0, 1, BIDS, ASKS), (5, 20, BIDS, ASKS[2:]), (10, 11, BIDS, ASKS[1:])])
    x = market([4, 15, 30], late)
    assert ENTRIES["book_imbalance_1"].function(x) == pytest.approx([0.5, 0.2, 0.2])


FLAWS = {
    "crossed": ([(101.0, 1.0)], [(100.0, 1.0)]),
    "no asks": (BIDS, []),
    "no bids": ([], ASKS),
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_of_a_crossed_or_one_sided_book_nothing_is_told_but_its_age(flaw, market):
    """It is the last one known, so the sound one before it is not told in its place."""
    sound, bad = table([(0, 0, BIDS, ASKS)]), table([(10, 10, *FLAWS[flaw])], flags=64 if flaw == "crossed" else 0)
    x = market([5, 15], pl.concat([sound, bad]))
    for name in NOW:
        values = ENTRIES[name].function(x)
        undefined = np.isnan(values).tolist()
        few = name == "book_imbalance_5"
        assert undefined == ([False, False] if name == "book_age" else [few, True]), name
    with pytest.raises(DataError, match="best bid <= best ask, unless flagged"):
        table([(10, 10, *FLAWS["crossed"])])


def test_a_locked_book_has_no_spread_and_nothing_at_the_best_no_imbalance_and_no_slope(market):
    x = market([1], table([(0, 0, [(100.0, 0.0), (99.0, 2.0)], [(100.0, 0.0), (101.0, 3.0)])]))
    found = {name: ENTRIES[name].function(x)[0] for name in NOW}
    assert found["book_spread_bps"] == 0.0
    undefined = {"book_imbalance_1", "book_imbalance_5", "book_micro_price", "book_bid_slope", "book_ask_slope"}
    assert {name for name, value in found.items() if math.isnan(value)} == undefined
    assert found["book_imbalance_all"] == pytest.approx(-0.2)
    assert found["book_buy_cost_1"] == pytest.approx(1e4 * 1 / 100)


def test_an_empty_table_tells_nothing(market):
    x = market([0, 1], BOOK.empty())
    for name, entry in ENTRIES.items():
        assert np.isnan(entry.function(x)).all(), name


def test_as_many_levels_are_held_as_the_deepest_book_has(market):
    """However many are looked at: the same bits, of arrays as small as they can be."""
    x = market([0.5, 1.5, 2.5], table([(0, 0, BIDS, ASKS), (1, 1, BIDS[:2], ASKS[:1]), (2, 2, BIDS, [])]))
    deep = books(x, BookParams(levels=1_000))
    assert deep.bids.price.tolist() == [[400, 399, 396], [400, 399, 0], [0, 0, 0]]
    assert deep.asks.size.tolist() == [[1, 2, 5], [1, 0, 0], [0, 0, 0]]
    assert books(market([0, 1], BOOK.empty()), BookParams()).bids.price.shape == (2, 1)
    for name, entry in entries(levels=1_000).items():
        np.testing.assert_array_equal(entry.function(x), ENTRIES[name].function(x), err_msg=name)


def test_depths_beyond_the_levels_and_sizes_that_no_name_can_hold_are_refused():
    with pytest.raises(ValueError, match="levels must be the largest of depths or more"):
        entries(depths=[30])
    with pytest.raises(ValueError, match="must have six decimals at most"):
        entries(order_sizes=[1.0000001])
    with pytest.raises(ParamsError, match="book_buy_cost_2 twice"):
        entries(order_sizes=[2, 2.0])
