"""Ticks: prices and sizes within which sums of them stay finite and whole sizes exact."""

from datetime import UTC, datetime

import polars as pl
import pytest

from assay.errors import DataError
from assay.tables.bounds import LARGEST
from assay.tables.ticks import QUOTES, TRADES

AT = datetime(2020, 1, 1, tzinfo=UTC)
QUOTE = {"time": AT, "bid": 1.0, "ask": 1e12, "bid_size": 0.0, "ask_size": 2.0**53, "flags": 0}
TRADE = {"time": AT, "price": 1e-12, "size": 1e-12, "side": 0, "flags": 0}


def one(table, values):
    return pl.DataFrame([values], schema={name: column.dtype for name, column in table.columns.items()}, orient="row")


def test_the_limits_themselves_are_inside():
    assert QUOTES.check(one(QUOTES, QUOTE), "here").height == 1
    assert TRADES.check(one(TRADES, TRADE), "here").height == 1


def test_whole_sizes_are_exact_up_to_the_largest_and_not_beyond():
    assert float(int(LARGEST) - 1) == int(LARGEST) - 1
    assert float(int(LARGEST) + 1) != int(LARGEST) + 1


@pytest.mark.parametrize("value", [float("inf"), float("nan"), -1.0, 0.0, 1e-13, 1e16, 1e300])
@pytest.mark.parametrize(
    ("table", "good", "name"),
    [(QUOTES, QUOTE, "bid"), (QUOTES, QUOTE, "ask"), (TRADES, TRADE, "price"), (TRADES, TRADE, "size")],
)
def test_absurd_numbers_are_refused(table, good, name, value):
    with pytest.raises(DataError, match=f"{name} (is a positive, finite number, 1e-12 to|has no missing value)"):
        table.check(one(table, {**good, name: value}), "here")


@pytest.mark.parametrize("value", [float("inf"), -1.0, 1e16])
def test_absurd_quoted_sizes_are_refused(value):
    with pytest.raises(DataError, match="ask_size is a finite number, 0 to 9"):
        QUOTES.check(one(QUOTES, {**QUOTE, "ask_size": value}), "here")
