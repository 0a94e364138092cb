"""Ticks that no bar should be made of, thresholds that are too low or too high: one line, or bars as documented."""

import numpy as np
import polars as pl
import pytest

from assay.bars.build import build
from assay.bars.builder import BarBuilder
from assay.bars.ticks import columns
from assay.errors import DataError

N = 50
KINDS = ["time", "tick", "volume", "dollar", "tick_imbalance", "dollar_run"]


def refused(function, *args):
    with pytest.raises(DataError) as told:
        function(*args)
    assert "\n" not in str(told.value)
    return str(told.value)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("where", [0, 30, N - 1])
def test_a_price_that_is_no_number_is_refused_wherever_it_is(trades, kind, value, where):
    price = np.full(N, 10.0)
    price[where] = value
    told = refused(build, trades(np.arange(N) * 10**9, price), kind, 7, np.zeros(N, np.int64), "TEST")
    assert f"{kind} bars: prices and sizes are finite numbers; found NaN or infinity in the bar opened at 1970" in told


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_size_that_is_no_number_is_refused_and_leaves_the_state_as_it_was(trades, value):
    builder = BarBuilder("tick", 20)
    builder.push(columns(trades(range(5), [1.0] * 5)), np.zeros(5, np.int64))
    before = builder.state.tobytes()
    told = refused(builder.push, columns(trades([5], [1.0], [value])), np.zeros(1, np.int64))
    assert "tick bars: prices and sizes are finite numbers" in told
    assert builder.state.tobytes() == before


def test_a_size_below_0_is_refused(trades, quotes):
    told = refused(columns, trades(range(3), [1.0] * 3, [1, -5, -1]))
    assert told == "size of ticks: must be 0 or more; found -5 in row 1; leave such ticks out"
    assert refused(columns, trades(range(3), [1.0] * 3, [np.nan, -1, 2])).endswith("-1 in row 1; leave such ticks out")
    ones = np.ones(3)
    told = refused(columns, quotes(range(3), ones, ones * 2, ones, [1, 1, -0.5]))
    assert told.startswith("ask_size of ticks: must be 0 or more; found -0.5 in row 2")


@pytest.mark.parametrize("kind", ["volume", "dollar", "volume_imbalance", "dollar_run"])
def test_quotes_without_sizes_fill_no_bar_that_counts_them(quotes, kind):
    """Not even bars that session breaks close: they would be of no volume."""
    zeros, ones = np.zeros(N), np.ones(N)
    ticks = quotes(range(N), ones, ones * 2, zeros, zeros)
    told = refused(build, ticks, kind, 1, np.arange(N) // 10, "TEST")
    assert told == f"TEST: {kind} bars need sizes; found none above 0; replace bars.types.{kind} by time or tick"


def test_sizes_of_0_among_others_count_as_ticks_only(trades):
    bars = build(trades(range(6), [2.0] * 6, [0, 3, 0, 0, 3, 0]), "volume", 3, np.zeros(6, np.int64), "TEST")
    assert (bars["n_ticks"].to_list(), bars["volume"].to_list()) == ([2, 3], [3.0, 3.0])


@pytest.mark.parametrize("kind", ["volume", "dollar", "time"])
def test_a_threshold_that_nothing_fills_is_one_line(trades, kind):
    told = refused(build, trades(range(N), [1.0] * N), kind, 1e12, np.zeros(N, np.int64), "TEST")
    assert told.startswith(f"TEST: {kind} bars of 1e+12 need enough ticks to fill one; found 50 ticks, 50 of them in")
    assert f"lower bars.types.{kind}" in told


@pytest.mark.parametrize(("kind", "threshold"), [("volume", 1e-9), ("dollar", 1e-9), ("tick", 1), ("time", 1e-12)])
def test_a_threshold_that_every_tick_fills_makes_a_bar_of_each(trades, kind, threshold):
    n = 1_000_000
    bars = build(trades(np.arange(n) * 10, np.full(n, 5.0)), kind, threshold, np.zeros(n, np.int64), "TEST")
    assert bars.height == n - (kind == "time")
    assert bars["n_ticks"].max() == 1


@pytest.mark.parametrize("kind", ["tick", "volume", "dollar"])
def test_one_bar(trades, kind):
    bars = build(trades([7], [4.0], [3.0]), kind, 1, np.zeros(1, np.int64), "TEST")
    assert bars.select("open", "high", "low", "close", "path", "n_ticks").row(0) == (4.0, 4.0, 4.0, 4.0, 0.0, 1)
    assert bars["opened_at"].equals(bars["closed_at"], check_names=False)


@pytest.mark.parametrize("kind", ["tick", "volume", "dollar", "time"])
def test_ticks_of_one_instant_stay_in_order_and_none_is_lost(trades, kind):
    price = 10.0 + np.arange(N)
    days = np.where(np.arange(N) < N - 1, 0, 1)
    bars = build(trades(np.full(N, 5), price), kind, {"dollar": 100.0}.get(kind, 7), days, "TEST")
    assert bars["n_ticks"].sum() == N - 1
    assert bars["open"].to_list() == price[np.cumsum(bars["n_ticks"]) - bars["n_ticks"].to_numpy()].tolist()
    assert (bars["opened_at"] == bars["closed_at"]).all()


@pytest.mark.parametrize("kind", KINDS)
def test_constant_prices_have_bars_without_a_path_or_a_side(trades, kind):
    ticks = trades(np.arange(N) * 10**9, [8.0] * N)
    bars = build(ticks, kind, {"dollar": 56.0}.get(kind, 7), np.zeros(N, np.int64), "TEST")
    assert bars.select("path", "n_buys", "n_sells", "buy_volume", "sell_volume").sum().row(0) == (0, 0, 0, 0, 0)
    assert bars["vwap"].unique().to_list() == [8.0]
    assert bars["n_ticks"][0] == 7


def a_feed(**columns_of):
    """Return five trades as a venue may tell them, with other columns."""
    times = pl.Series(np.arange(5) * 10**9).cast(pl.Datetime("ns", "UTC"))
    side = pl.Series([1, -1, 0, 1, 1], dtype=pl.Int8)
    return pl.DataFrame(
        {"time": times, "price": [1.0, 2.0, 3.0, 2.0, 1.0], "size": [2.0] * 5, "side": side, **columns_of}
    )


def test_numbers_of_any_type_make_the_same_bars():
    given = a_feed(price=pl.Series([1, 2, 3, 2, 1], dtype=pl.Float32), size=[2] * 5, side=[1, -1, 0, 1, 1])
    one, other = (BarBuilder("tick", 2).push(columns(feed), np.zeros(5, np.int64)) for feed in (given, a_feed()))
    assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"price": ["1"] * 5}, "price of ticks: must be numbers; found String"),
        (
            {"side": [2, 0, 0, 0, 0]},
            "side of ticks: must be the integers .*; found \\[0, 2\\] of type Int64",
        ),
        ({"side": ["buy"] * 5}, "side of ticks: must be the integers"),
        ({"side": [None] * 5}, "side of ticks: must be given; found null"),
    ],
)
def test_columns_that_are_no_numbers_are_refused(wrong, told):
    with pytest.raises(DataError, match=told) as error:
        columns(a_feed(**wrong))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["price", "size", "side"])
def test_a_missing_column_is_named(name):
    assert f"ticks: need a column {name}; found time, " in refused(columns, a_feed().drop(name))
    untimed = refused(columns, a_feed().drop("time"))
    assert untimed == "ticks: need a column time; found price, size, side; add the column"


def test_no_such_type_is_refused():
    assert refused(BarBuilder, "ticks", 2).startswith("bars.types: a type is one of time, tick, volume, dollar, ")


def test_ticks_are_counted_without_a_tolerance():
    """A bar of 2^34 ticks is not full with one less, nor one of 1e11."""
    for threshold in (2.0**34, 1e11):
        assert BarBuilder("tick", threshold).rule.threshold == threshold
