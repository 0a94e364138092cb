from __future__ import annotations

import io
import zipfile

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import DataError
from assay.market.actions import adjusted
from assay.tables.context import ACTIONS

DAY = 86_400 * 10**9
TIME = pl.Datetime("ns", "UTC")
FOREVER = 2**62


def bars(closes, first_day=0, volume=100.0) -> pl.DataFrame:
    days = np.arange(first_day, first_day + len(closes), dtype=np.int64)
    closes = np.asarray(closes, np.float64)
    return pl.DataFrame(
        {
            "opened_at": pl.Series(days * DAY).cast(TIME),
            "open": closes * 0.99,
            "high": closes * 1.02,
            "low": closes * 0.98,
            "close": closes,
            "volume": np.full(closes.size, volume),
            "value": closes * volume,
        }
    )


def actions(rows) -> pl.DataFrame:
    """Return ACTIONS of (day, known on day, split, dividend)."""
    day, known, split, dividend = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [], [])
    frame = pl.DataFrame(
        {
            "time": pl.Series(np.array(day, np.int64) * DAY).cast(TIME),
            "known_at": pl.Series(np.array(known, np.int64) * DAY).cast(TIME),
            "split": pl.Series(split, dtype=pl.Float64),
            "dividend": pl.Series(dividend, dtype=pl.Float64),
            "flags": pl.Series([0] * len(day), dtype=pl.UInt16),
        }
    )
    return ACTIONS.check(frame, "test")


def test_a_split_by_hand():
    found = adjusted(bars([700.0, 707.0, 102.0]), actions([(2, 0, 7.0, 0.0)]), "splits", FOREVER)
    assert found["close"].to_list() == pytest.approx([100.0, 101.0, 102.0])
    assert found["volume"].to_list() == pytest.approx([700.0, 700.0, 100.0])
    assert found["value"].to_list() == [70_000.0, 70_700.0, 10_200.0]


def test_a_dividend_by_hand():
    given_actions = actions([(2, 0, 1.0, 5.0)])
    found = adjusted(bars([90.0, 100.0, 96.0]), given_actions, "splits_and_dividends", FOREVER)
    assert found["close"].to_list() == pytest.approx([85.5, 95.0, 96.0])
    assert found["volume"].to_list() == [100.0, 100.0, 100.0]
    assert adjusted(bars([90.0, 100.0, 96.0]), given_actions, "splits", FOREVER)["close"].to_list() == [90, 100, 96]


def test_nothing_is_done_for_none():
    frame = bars([90.0, 100.0])
    assert adjusted(frame, actions([(1, 0, 2.0, 1.0)]), "none", FOREVER) is frame
    assert adjusted(frame, actions([]), "splits_and_dividends", FOREVER) is frame


def test_trades_and_quotes_are_adjusted_too():
    at = pl.Series(np.array([0, 1], np.int64) * DAY).cast(TIME)
    trades = pl.DataFrame({"time": at, "price": [8.0, 4.0], "size": [1.0, 2.0], "side": [1, -1]})
    found = adjusted(trades, actions([(1, 0, 2.0, 0.4)]), "splits_and_dividends", FOREVER)
    assert found["price"].to_list() == pytest.approx([4.0 * (1 - 0.8 / 8.0), 4.0])
    assert found["size"].to_list() == [2.0, 2.0]
    quotes = pl.DataFrame(
        {"time": at, "bid": [7.0, 4.0], "ask": [9.0, 5.0], "bid_size": [1.0, 1.0], "ask_size": [3.0, 1.0]}
    )
    found = adjusted(quotes, actions([(1, 0, 2.0, 0.4)]), "splits_and_dividends", FOREVER)
    assert found.row(0)[1:] == pytest.approx((3.5 * 0.9, 4.5 * 0.9, 2.0, 6.0))


@st.composite
def histories(draw):
    n = draw(st.integers(2, 25))
    closes = draw(st.lists(st.floats(10, 1000), min_size=n, max_size=n))
    days = draw(st.lists(st.integers(-2, n + 3), max_size=5, unique=True))
    rows = [
        (
            day,
            day + draw(st.integers(-2, 2)),
            draw(st.sampled_from([0.1, 0.5, 1.0, 2.0, 7.0])),
            draw(st.sampled_from([0.0, 0.1])),
        )
        for day in sorted(days)
    ]
    return bars(closes), actions(rows)


@settings(deadline=None, max_examples=100)
@given(histories())
def test_returns_are_those_of_a_holder_who_reinvests(history):
    frame, given_actions = history
    found = adjusted(frame, given_actions, "splits_and_dividends", FOREVER)["close"].to_numpy()
    raw = frame["close"].to_numpy()
    by_day = {row["time"].timestamp() // 86_400: row for row in given_actions.to_dicts()}
    for day in range(1, len(raw)):
        action = by_day.get(day, {"split": 1.0, "dividend": 0.0})
        ex_price = raw[day - 1] / action["split"] - action["dividend"]
        assert found[day] / found[day - 1] == pytest.approx(raw[day] / ex_price, rel=1e-12)


@settings(deadline=None, max_examples=100)
@given(histories(), st.integers(-1, 25))
def test_as_of_the_past_are_the_prices_known_then(history, day):
    frame, given_actions = history
    seen = frame.filter(pl.col("opened_at").to_physical() <= day * DAY)
    known = given_actions.filter(pl.max_horizontal("time", "known_at").to_physical() <= day * DAY)
    now = adjusted(frame, given_actions, "splits_and_dividends", day * DAY)
    then = adjusted(seen, known, "splits_and_dividends", FOREVER)
    assert now.filter(pl.col("opened_at").to_physical() <= day * DAY).equals(then)
    after = pl.col("opened_at").to_physical() > day * DAY
    assert now.filter(after).equals(frame.filter(after))


@settings(deadline=None, max_examples=100)
@given(histories(), st.integers(0, 25), st.integers(0, 25))
def test_adjusting_for_splits_commutes_with_cutting_the_range(history, one, other):
    frame, given_actions = history
    first, last = sorted((one, other))
    whole = adjusted(frame, given_actions, "splits", FOREVER)
    assert adjusted(frame[first:last], given_actions, "splits", FOREVER).equals(whole[first:last])


def test_a_dividend_larger_than_the_price_is_refused():
    with pytest.raises(DataError, match="must be less than the price before it; found 7 per share before a price of 5"):
        adjusted(bars([5.0, 5.0]), actions([(1, 0, 1.0, 7.0)]), "splits_and_dividends", FOREVER)


def yahoo(path) -> pl.DataFrame:
    frame = pl.read_csv(path).rename(str.lower)
    at = pl.col(frame.columns[0]).str.slice(0, 10).str.to_date().cast(TIME)
    return frame.with_columns(at.alias("opened_at"))


def split_adjusted(frame: pl.DataFrame) -> pl.DataFrame:
    """Return Yahoo's dividends and splits as ACTIONS; its prices and dividends are adjusted for splits already."""
    rows = frame.filter(pl.col("dividends") > 0)
    return rows.select(
        pl.col("opened_at").alias("time"),
        pl.col("opened_at").alias("known_at"),
        pl.lit(1.0).alias("split"),
        pl.col("dividends").alias("dividend"),
        pl.lit(0, pl.UInt16).alias("flags"),
    )


def test_yahoo_adj_close_of_calm_met_to_3e7(shared):
    frame = yahoo(shared / "yfinance_bad_prices" / "CALM-1d-no-bad-divs.csv")
    found = adjusted(frame, split_adjusted(frame), "splits_and_dividends", FOREVER)["close"].to_numpy()
    # Yahoo's prices are single precision; later dividends than the file's scale its last rows.
    expected = frame["adj close"].to_numpy() * (frame["close"][-1] / frame["adj close"][-1])
    assert np.abs(found / expected - 1.0).max() < 3e-7
    assert split_adjusted(frame).height > 5


def lean(shared, symbol: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return QuantConnect's raw daily bars and its factor file."""
    folder = shared / "lean" / "equity" / "usa"
    with zipfile.ZipFile(folder / "daily" / f"{symbol}.zip") as archive:
        raw = archive.read(archive.namelist()[0])
    names = ["at", "open", "high", "low", "close", "volume"]
    frame = pl.read_csv(io.BytesIO(raw), has_header=False, new_columns=names, schema_overrides={"at": pl.String})
    frame = frame.with_columns(
        pl.col("at").str.slice(0, 8).str.to_date("%Y%m%d").cast(TIME).alias("opened_at"),
        pl.col("open", "high", "low", "close") / 1e4,
        pl.col("volume").cast(pl.Float64),
    )
    factors = pl.read_csv(
        folder / "factor_files" / f"{symbol}.csv", has_header=False, new_columns=["at", "price", "split", "reference"]
    )
    return frame.drop("at"), factors.with_columns(pl.col("at").cast(pl.String).str.to_date("%Y%m%d").cast(TIME))


def announced(factors: pl.DataFrame) -> pl.DataFrame:
    """Return the actions behind a factor file: each row's factors hold to the end of its day."""
    later = factors.with_columns(pl.col("price", "split").shift(-1).name.suffix("_next")).drop_nulls()
    split = pl.col("split_next") / pl.col("split")
    paid = (1.0 - pl.col("price") / pl.col("price_next")) * pl.col("reference") / split
    at = pl.col("at").dt.offset_by("1d")
    rows = later.select(
        at.alias("time"),
        at.alias("known_at"),
        split.alias("split"),
        paid.alias("dividend"),
        pl.lit(0, pl.UInt16).alias("flags"),
    )
    return rows.filter((pl.col("split") != 1) | (pl.col("dividend").abs() > 0))


# Three reference prices of BAC in 1998 are not the closes of their days.
@pytest.mark.parametrize(("symbol", "first"), [("aapl", 0), ("ibm", 0), ("spy", 0), ("aig", 0), ("bac", 1999)])
def test_factor_files_of_lean_met(shared, symbol, first):
    frame, factors = lean(shared, symbol)
    frame = frame.filter(pl.col("opened_at").dt.year() >= first)
    as_of = int(frame["opened_at"].to_physical()[-1])
    found = adjusted(frame, announced(factors), "splits_and_dividends", as_of)["close"].to_numpy()
    days = factors["at"].to_numpy()
    product = (factors["price"] * factors["split"]).to_numpy()[np.searchsorted(days, frame["opened_at"].to_numpy())]
    expected = frame["close"].to_numpy() * product / product[-1]
    assert np.abs(found / expected - 1.0).max() < 1e-12
    assert announced(factors).filter(pl.col("time").to_physical() <= as_of).height > 30


def spy_error(shared, begin: str, end: str) -> float:
    """Return how far Yahoo's closes with QuantConnect's dividends are from Yahoo's adjusted ones."""
    theirs = yahoo(shared / "equity_daily" / "yahoofinance-SPY-20080101-20180101.csv")
    at = pl.col("opened_at").dt.date().cast(pl.String)
    theirs = theirs.filter((at >= begin) & (at < end))
    as_of = int(theirs["opened_at"].to_physical()[-1])
    _, factors = lean(shared, "spy")
    found = adjusted(theirs, announced(factors), "splits_and_dividends", as_of)
    ratio = (found["close"] / found["adj close"]).to_numpy()
    return float(np.abs(ratio / ratio[-1] - 1.0).max())


def test_yahoo_adj_close_of_spy_from_dividends_of_lean(shared):
    assert spy_error(shared, "2008-01-01", "2013-03-01") < 1e-5
    # From 2013 on these dividends are rounded to a cent: 0.1 dollars in all, of prices from 150 on.
    assert spy_error(shared, "2008-01-01", "2018-01-01") < 1e-3
