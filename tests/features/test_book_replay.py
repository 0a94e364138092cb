"""Order books of many levels: against a replay in plain Python, and their laws."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import mean, stdev

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.features.breaches import breaches
from assay.features.inputs import Inputs
from assay.features.pieces import first
from assay.tables.depth import BOOK

from .books import ENTRIES, NOW, closing, replayed, table
from .conftest import TICK

WINDOW = 50


def test_every_entry_equals_a_replay_in_plain_python(world):
    n = 420
    x = first(world, n)
    closed_ns = x.bars["closed_at"].to_physical().to_list()
    expected = replayed(closed_ns, x.context["book"])
    for name in NOW:
        values = [row[name] for row in expected]
        assert ENTRIES[name].function(x) == pytest.approx(values, rel=1e-9, abs=1e-9, nan_ok=True), name
    holes = [row for row, one in enumerate(expected) if math.isnan(one["book_spread_bps"])]
    assert len(holes) > 100
    assert holes[0] > 300
    sources = {f"book_imbalance_{k}_zscore_50": f"book_imbalance_{k}" for k in (1, 5, "all")}
    for name, source in {**sources, "book_spread_zscore_50": "spread"}.items():
        values = ENTRIES[name].function(x)
        for row in (49, 120, 299):
            last = [one[source] for one in expected[row - 49 : row + 1]]
            assert values[row] == pytest.approx((last[-1] - mean(last)) / stdev(last), rel=1e-9), (name, row)
        assert np.isnan(values[holes[0] : holes[0] + WINDOW]).all()
    for side in ("bid", "ask"):
        values = ENTRIES[f"book_{side}_depth_ratio_50"].function(x)
        last = [one[f"{side}_depth"] for one in expected[250:300]]
        assert values[299] == pytest.approx(last[-1] / mean(last), rel=1e-9)


def test_a_book_that_is_read_before_it_is_known_is_caught(world):
    """The planted entry takes the book told just before the close, which came to a reader a second later."""

    def cheat(x):
        early = x.context["book"].with_columns(known_at=pl.col("time"))
        return ENTRIES["book_spread_bps"].function(x.but(context={"book": early}))

    sound = ENTRIES["book_spread_bps"]
    planted = replace(sound, name="planted", function=cheat)
    told = list(breaches([sound, planted], at_the_second(world)))
    assert [(breach.feature, breach.law) for breach in told] == [("planted", "must not change when bars follow")]


def at_the_second(world) -> Inputs:
    """The world with books told a nanosecond before the closes of the bars, each known a second after its close."""
    book = world.context["book"][: world.bars.height]
    closed = world.bars["closed_at"][: book.height]
    moved = book.with_columns(
        time=closed - pl.duration(nanoseconds=1, time_unit="ns"),
        known_at=closed + pl.duration(seconds=1, time_unit="ns"),
    )
    return world.but(context={"book": moved.select(book.columns)})


SIDE = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 9)), min_size=0, max_size=6)


@settings(deadline=None, max_examples=30)
@given(sides=st.lists(st.tuples(SIDE, SIDE), min_size=1, max_size=8), best=st.integers(100, 10_000))
def test_mirrored_books_have_mirrored_measures_whatever_they_hold(instrument, hours, sides, best):
    """Sizes of bids and asks exchanged at equal distances: imbalances change sign, costs sides; no infinity."""

    def levels(steps, sign):
        return [
            (TICK * (best + sign * at), float(size))
            for at, size in zip(np.cumsum([s for s, _ in steps]), (s for _, s in steps), strict=True)
        ]

    def book(swapped):
        kept = [(b, a) for b, a in sides if b or a]
        told = [
            (i, i, levels(a if swapped else b, -1), levels(b if swapped else a, 1)) for i, (b, a) in enumerate(kept)
        ]
        return Inputs(
            closing(range(len(told) or 1)), instrument, hours, {"book": table(told) if told else BOOK.empty()}
        )

    one, other = book(swapped=False), book(swapped=True)
    for name in ("book_imbalance_1", "book_imbalance_5", "book_imbalance_all"):
        np.testing.assert_array_equal(ENTRIES[name].function(one), -ENTRIES[name].function(other))
    for entry in ENTRIES.values():
        assert not np.isinf(entry.function(one)).any(), entry.name
    wide = ENTRIES["book_spread_bps"].function(one)
    bought, sold = ENTRIES["book_buy_cost_1"].function(one), ENTRIES["book_sell_cost_1"].function(other)
    np.testing.assert_array_equal(np.isnan(bought), np.isnan(sold))
    dear = ~np.isnan(bought)
    assert (bought[dear] >= wide[dear] / 2 * (1 - 1e-12)).all()
