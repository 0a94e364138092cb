"""Splits, dividends and funding of the archives against what companies and exchanges published."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from assay.errors import DataError
from assay.tables.context import ACTIONS, FUNDING
from tests.sources.lean.conftest import decoded, lean, loaded

APPLE_SPLITS = [(date(2000, 6, 21), 2.0), (date(2005, 2, 26), 2.0), (date(2014, 6, 7), 7.0), (date(2020, 8, 29), 4.0)]
"""investor.apple.com, stock splits; the day after the last one of the old shares."""
APPLE_DIVIDENDS = {
    2012: [2.65, 2.65],
    2013: [2.65, 3.05, 3.05, 3.05],
    2014: [3.05, 3.29, 0.47, 0.47],
    2020: [0.77, 0.82, 0.82, 0.205],
}
"""investor.apple.com, dividend history, by year of the ex-date."""
FACTOR_FILE = "equity/usa/factor_files/aig.csv"


def test_apple_is_as_apple_published_it(shared):
    frame, _ = loaded(lean("actions", "AAPL", shared / "lean", market="equity/usa"))
    ACTIONS.check(frame, "aapl")
    local = pl.col("time").dt.convert_time_zone("America/New_York")
    splits = frame.filter(pl.col("split") != 1).select(local.dt.date(), "split").rows()
    assert splits == APPLE_SPLITS
    for year, expected in APPLE_DIVIDENDS.items():
        paid = frame.filter(local.dt.year() == year, pl.col("dividend") > 0)
        assert paid["dividend"].to_list() == expected


def test_every_factor_file_loads(shared):
    files = sorted((shared / "lean" / "equity" / "usa" / "factor_files").glob("*.csv"))
    n_actions = {}
    for path in files:
        frame, _ = decoded(path.read_bytes(), "actions", path=FACTOR_FILE)
        n_actions[path.stem] = ACTIONS.check(frame, path).height
    assert len(files) == 22
    assert (n_actions["fb"], n_actions["uso"], n_actions["aapl"]) == (0, 1, 39)


@pytest.mark.parametrize(
    ("symbol", "splits"),
    [
        ("aig", [1.5, 1.25, 1.5, 0.05]),
        ("eem", [3.0, 3.0]),
        ("uso", [0.125]),
        ("goog", [pytest.approx(1.0027, abs=1e-6)]),
    ],
)
def test_splits_are_ratios_of_small_numbers_where_the_digits_allow(shared, symbol, splits):
    frame, _ = loaded(lean("actions", symbol, shared / "lean", market="equity/usa"))
    assert frame.filter(pl.col("split") != 1)["split"].to_list() == splits


def test_a_dividend_is_paid_per_share_after_a_split_of_the_same_day():
    raw = b"20200101,0.9,0.5,1\n20200610,0.9,0.5,100\n20501231,1,1,0"
    frame, _ = decoded(raw, "actions", path=FACTOR_FILE, publish_lag_seconds=1.0)
    assert frame.select("split", "dividend").rows() == [(2.0, 5.0)]
    assert frame["time"][0] == datetime(2020, 6, 11, 4, tzinfo=UTC)
    assert frame["known_at"][0] == datetime(2020, 6, 11, 4, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        b"20200101,0,1,1",
        b"20200101,1,1,1\n20200101,1,1,0",
        b"20201301,1,1,1",
        b"20200101,-1,1,1",
        b"a,b",
        b"20200101,1,x,1",
    ],
)
def test_broken_factor_files_are_refused(raw):
    with pytest.raises(DataError, match=FACTOR_FILE):
        decoded(raw, "actions", path=FACTOR_FILE)


def test_price_factors_that_fall_are_refused():
    with pytest.raises(DataError, match="price factors never fall"):
        decoded(b"20200101,1,1,9\n20501231,0.9,1,0", "actions", path=FACTOR_FILE)


README = [("bybit", "btcusd", 4_320, "2019-11-14T00:00"), ("bybit", "btcusdt", 3_922, "2020-03-25T16:00")]
README += [("bybit", "btcusdc", 1_943, "2022-01-14T08:00"), ("binance", "btcusd", 12, "2020-12-29T00:00")]
README += [("binance", "adausdt", 1, "2022-12-13T00:00")]


@pytest.mark.parametrize(("exchange", "symbol", "n_rows", "first"), README)
def test_funding_has_the_rows_and_the_range_of_the_readme(shared, exchange, symbol, n_rows, first):
    frame, _ = loaded(lean("funding", symbol, shared / "lean", market=f"cryptofuture/{exchange}"))
    FUNDING.check(frame, symbol)
    assert frame.height == n_rows
    assert frame["time"][0] == datetime.fromisoformat(f"{first}Z")


def test_a_broken_funding_file_is_refused():
    with pytest.raises(DataError, match=r"row 1: times are"):
        decoded(b"2022,0.1", "funding", "cryptofuture/bybit", "cryptofuture/bybit/margin_interest/aig.csv")
