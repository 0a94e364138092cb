"""Bars of one market: what is kept but flagged as crossed counts in none, and is counted itself."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.bars.make import make
from assay.bars.params import BarsParams
from assay.market.sessions import Hours
from assay.tables.flags import Flag
from assay.tables.ticks import QUOTES

from .conftest import _quotes, _trades

HOURS = Hours("UTC", 0, 86_400, 86_400, weekend_trading=True)
TYPES = BarsParams(types={"tick": 3, "volume": 8, "time": 5})
WARNING = "{} of 60 quotes are crossed, the bid above the ask, and count in no bar"


def quoted(crossed):
    """Return 60 quotes, a second apart, of which some are crossed and flagged."""
    random, crossed = np.random.default_rng(2), np.array(crossed)
    mid, half = 100.0 + np.cumsum(random.normal(0, 1, 60)), np.where(crossed, -5.0, 0.5)
    size = random.integers(1, 5, 60)
    rows = _quotes(np.arange(60) * 10**9, mid - half, mid + half, size, size)
    return QUOTES.check(rows.with_columns(flags=pl.Series(crossed * int(Flag.CROSSED), dtype=pl.UInt16)), "here")


def made(prices, params=TYPES):
    pieces = {name: [rows.head(20), rows.slice(20)] for name, rows in prices.items()}
    return make(pieces, {name: {} for name in prices}, params, "files", HOURS, "X")


@settings(deadline=None, max_examples=30)
@given(st.lists(st.booleans(), min_size=60, max_size=60).filter(lambda crossed: sum(crossed) < 40))
def test_the_bars_are_those_of_the_quotes_that_are_not_crossed(crossed):
    rows = quoted(crossed)
    all_, rest = made({"X": rows}), made({"X": rows.filter(~pl.Series(crossed))})
    assert all(all_.bars[kind].equals(rest.bars[kind], null_equal=True) for kind in TYPES.types)
    assert all(frame["spread_mean"].min() == pytest.approx(1.0) for frame in all_.bars.values())
    n = sum(crossed)
    assert all_.report == ({"n_quotes_crossed": n} if n else {})
    assert list(all_.warnings) == ([WARNING.format(n)] if n else [])


def test_so_they_do_where_contracts_are_joined():
    crossed = np.arange(60) % 4 == 0
    rows = quoted(crossed)
    params = BarsParams(types={"tick": 3}, roll={"contracts": {"H": "1970-02-01"}, "rule": "days_before_expiry"})
    all_, rest = made({"H": rows}, params), made({"H": rows.filter(~pl.Series(crossed))}, params)
    assert all_.bars["tick"].equals(rest.bars["tick"], null_equal=True)
    assert all_.report == {"n_quotes_crossed": 15, **rest.report}
    assert list(all_.warnings) == [*rest.warnings, WARNING.format(15)]


def test_other_prices_are_taken_as_they_are():
    rows = _trades(np.arange(6) * 10**9, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).with_columns(flags=pl.lit(64, pl.UInt16))
    assert made({"X": rows}, BarsParams(types={"tick": 3})).bars["tick"]["close"].to_list() == [3.0, 6.0]
