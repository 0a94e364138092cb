"""What is told beside the bars at the very instant of a close may have come after it: the bar does not know it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.features import arrival, beside
from assay.features.breaches import looks_ahead
from assay.features.catalogue import catalogue
from assay.features.inputs import Inputs
from assay.features.pieces import first, last
from assay.tables.context import OPEN_INTEREST
from assay.tables.table import TIME

from .conftest import EVERY

ENTRIES = [entry for entry in catalogue(EVERY) if entry.group in ("derivatives", "book")]
KINDS = {"funding", "open_interest", "liquidations", "mark_price", "book"}
ROW = 1_000


def told_again(x: Inputs, kind: str, ago_ns: int) -> Inputs:
    """The inputs with an older row of one table told again, so long before the close of a bar."""
    table, closed_ns = x.context[kind], int(x.closed_ns[ROW])
    at = pl.lit(closed_ns - ago_ns).cast(TIME)
    before, after = (
        table.filter(found) for found in (pl.col("known_at") < at, pl.col("time") > pl.lit(closed_ns).cast(TIME))
    )
    again = before[-50:-49].with_columns(time=at, known_at=at)
    return x.but(context={**x.context, kind: pl.concat([before, again, after])})


def changed(x: Inputs, kind: str, ago_ns: int) -> dict[str, int]:
    """The first row of each feature that a row of a table, told so long before the close, changes."""
    table = told_again(x, kind, ago_ns).context[kind]
    without = table.filter(pl.col("known_at").to_physical() != int(x.closed_ns[ROW]) - ago_ns)
    one, other = (x.but(context={**x.context, kind: rows}) for rows in (table, without))
    rows = {}
    for entry in ENTRIES:
        if kind in {need.partition(".")[0] for need in entry.needs}:
            differ = np.flatnonzero(entry.function(one).view(np.int64) != entry.function(other).view(np.int64))
            rows |= {entry.name: int(differ[0])} if differ.size else {}
    return rows


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_is_told_at_the_instant_of_a_close_changes_no_bar_before_the_next(world, kind):
    """Told a nanosecond earlier, the same row changes that very bar."""
    found = changed(world, kind, 0)
    assert set(found.values()) <= {*range(ROW + 1, world.bars.height)}
    assert ROW + 1 in found.values()
    earlier = changed(world, kind, 1)
    assert min(earlier.values()) == ROW
    assert list(earlier.values()).count(ROW) >= 3


def tied(x: Inputs) -> Inputs:
    """The inputs with rows of each table told at the very closes of the bars."""
    closed = x.bars["closed_at"]

    def at_closes(table):
        rows = table[np.arange(closed.len()) % table.height]
        return rows.with_columns(time=closed, known_at=closed)

    return x.but(context={kind: at_closes(table) for kind, table in x.context.items()})


def test_the_last_bars_alone_have_the_bits_of_all_where_everything_is_told_at_closes(world):
    x = tied(world)
    for entry in ENTRIES:
        values = entry.function(x)
        for row in (700, 1_999):
            assert entry.function(first(x, row + 1))[row].tobytes() == values[row].tobytes(), entry.name
            assert entry.function(last(x, row, entry.lookback))[-1].tobytes() == values[row].tobytes(), entry.name


def test_a_feature_that_takes_what_is_told_at_the_close_is_caught(world):
    """The planted one joins the table as it was given; the sound one as it is in order."""
    sound = next(entry for entry in ENTRIES if entry.name == "funding_rate")

    def cheat(x):
        return x.known(x.context["funding"], beside.column(x, "funding", "rate"))

    planted = replace(sound, name="planted", function=cheat)
    assert [breach.feature for breach in looks_ahead([sound, planted], tied(world))] == ["planted"]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 6), st.sampled_from([np.nan, 1.0])), min_size=1, max_size=8))
def test_no_row_that_comes_later_decides_whether_a_column_is_there(instrument_and_hours, rows):
    """At each instant from the first row on, the answer is that of the first row of those in order, and stays."""
    late, value = (np.array(column) for column in zip(*rows, strict=True))
    n = np.arange(late.size)
    told = {"time": n, "known_at": n + late, "taker_buy_sell": value}
    frame = pl.DataFrame({name: told.get(name, np.zeros(n.size)) for name in OPEN_INTEREST.columns})
    table = frame.select(pl.col(name).cast(column.dtype) for name, column in OPEN_INTEREST.columns.items())
    answers = set()
    for at in range(int(told["known_at"].min()), int(told["known_at"].max()) + 1):
        there = table.filter(pl.col("known_at").to_physical() <= at)
        x = Inputs(pl.DataFrame(), *instrument_and_hours, {"open_interest": there})
        answers.add(x.holds("open_interest.taker_buy_sell"))
        first_in_order = beside.in_order(x, "open_interest")["taker_buy_sell"][0]
        assert x.holds("open_interest.taker_buy_sell") == bool(np.isfinite(first_in_order))
    assert len(answers) == 1


def test_a_row_that_comes_first_in_the_table_and_last_to_a_reader_decides_nothing(instrument_and_hours):
    """Its index is not given: the table has a column all the same, and one of no rows has none."""
    known = pl.Series("known_at", [9, 1, 2]).cast(TIME)
    table = pl.DataFrame({"index": [np.nan, 5.0, np.nan]}).with_columns(known)
    assert arrival.first(table, "index") == 5.0
    x = Inputs(pl.DataFrame(), *instrument_and_hours, {"mark_price": table})
    assert x.holds("mark_price.index")
    assert not replace(x, context={"mark_price": table.head(0)}).holds("mark_price.index")


@pytest.fixture(scope="module")
def instrument_and_hours(instrument, hours):
    return instrument, hours
