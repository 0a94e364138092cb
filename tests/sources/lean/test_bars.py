"""Bars of the archives: row counts and ranges of the real files, clocks, units and sides."""

from datetime import UTC, datetime

import polars as pl
import pytest

from assay.errors import DataError
from assay.tables.ohlcv import OHLCV
from tests.sources.lean.conftest import decoded, lean, loaded, zipped

FXCM_HOUR = "forex/fxcm/hour/aig.zip"
README = [
    ("forex/fxcm", "1h", "EURUSD", 69_928, "2007-03-30T05:00", "2018-07-05T04:00"),
    ("forex/oanda", "1h", "EURUSD", 74_439, "2007-01-01T21:00", "2018-12-31T21:00"),
    ("forex/fxcm", "1d", "EURUSD", 3_487, "2007-03-30T05:00", "2018-07-04T05:00"),
    ("forex/fxcm", "1d", "EURGBP", 3_487, "2007-03-30T05:00", "2018-07-04T05:00"),
    ("forex/oanda", "1d", "EURUSD", 3_738, "2007-01-01T00:00", "2018-12-31T00:00"),
    ("forex/oanda", "1d", "EURGBP", 3_738, "2007-01-01T00:00", "2018-12-31T00:00"),
    *(
        ("equity/usa", "1d", symbol, 5_849, "1998-01-02T05:00", "2021-03-31T04:00")
        for symbol in ("AAPL", "AIG", "BAC", "IBM", "SPY")
    ),
    ("equity/usa", "1h", "SPY", 40_832, "1998-01-02T14:00", "2021-03-31T19:00"),
    ("equity/usa", "1h", "AAPL", 40_831, "1998-01-02T14:00", "2021-03-31T19:00"),
    ("equity/usa", "1h", "BAC", 40_818, "1998-01-02T14:00", "2021-03-31T19:00"),
    ("crypto/coinbase", "1d", "BTCUSD", 1_318, "2014-12-01T00:00", "2018-08-13T00:00"),
    ("crypto/coinbase/quote", "1d", "BTCUSD", 1_332, "2015-04-27T00:00", "2018-12-24T00:00"),
    ("crypto/bitfinex", "1h", "BTCUSD", 733, "2013-10-01T00:00", "2013-10-31T21:00"),
    ("crypto/binance", "1h", "BTCUSDT", 120, "2018-05-01T00:00", "2018-05-05T23:00"),
    ("forex/oanda", "1m", "EURUSD", 18_184, "2014-05-01T00:00", "2018-04-04T23:59"),
    ("crypto/coinbase", "1m", "BTCUSD", 12_423, "2016-10-07T00:00", "2018-04-06T23:59"),
    ("crypto/coinbase/quote", "1m", "BTCUSD", 7_188, "2017-09-03T00:00", "2018-04-05T23:58"),
    ("crypto/bybit", "1m", "BTCUSDT", 1_440, "2022-12-13T00:00", "2022-12-13T23:59"),
    ("crypto/bybit/quote", "1m", "BTCUSDT", 721, "2022-12-13T00:00", "2022-12-13T12:00"),
    ("crypto/binance", "1m", "BTCBUSD", 1_440, "2022-12-13T00:00", "2022-12-13T23:59"),
    ("cryptofuture/binance", "1m", "ADAUSDT", 1_440, "2022-12-13T00:00", "2022-12-13T23:59"),
    ("cryptofuture/binance/quote", "1m", "ADAUSDT", 1_100, "2022-12-13T00:00", "2022-12-13T23:59"),
    ("cryptofuture/binance", "1m", "BTCUSD", 1_439, "2022-12-13T00:00", "2022-12-13T23:59"),
    ("cryptofuture/binance/quote", "1m", "BTCUSD", 1_104, "2022-12-13T00:00", "2022-12-13T23:59"),
]
"""Market, interval, symbol, rows, first and last opening in UTC; counted in the files themselves with `wc -l`."""


@pytest.mark.parametrize(("market", "interval", "symbol", "n_rows", "first", "last"), README)
def test_bars_have_the_rows_and_the_range_of_the_files(shared, market, interval, symbol, n_rows, first, last):
    frame, _ = loaded(lean("ohlcv", symbol, shared / "lean", market=market, interval=interval))
    assert frame.schema == OHLCV.empty().schema
    assert frame.height == n_rows
    assert frame["opened_at"][0] == datetime.fromisoformat(f"{first}Z")
    assert frame["opened_at"][-1] == datetime.fromisoformat(f"{last}Z")
    assert (frame["known_at"] == frame["closed_at"]).all()
    assert frame.filter(pl.col("low") > pl.min_horizontal("open", "close")).height == 0 or "quote" in market


def test_every_daily_file_of_equities_loads(shared):
    folder = shared / "lean" / "equity" / "usa" / "daily"
    n_rows = {
        path.stem: loaded(lean("ohlcv", path.stem, shared / "lean", market="equity/usa", interval="1d"))[0].height
        for path in sorted(folder.glob("*.zip"))
    }
    assert len(n_rows) == 21
    assert sum(2 <= n <= 135 for n in n_rows.values()) == 5
    assert max(n_rows.values()) == 5_849


@pytest.mark.parametrize(
    ("symbol", "first", "last"),
    [("FB", "2003-03-28", "2012-05-18"), ("WM", "2008-09-26", "2009-08-05")],
)
def test_two_companies_under_one_ticker_are_left_apart_by_the_years_between_them(shared, symbol, first, last):
    """Facebook was first traded on 2012-05-18; Washington Mutual failed on 2008-09-25, Waste Management took WM."""
    frame, _ = loaded(lean("ohlcv", symbol, shared / "lean", market="equity/usa", interval="1d"))
    days = frame.select(last=pl.col("opened_at").dt.date(), first=pl.col("opened_at").dt.date().shift(1))
    gap = days.filter((pl.col("last") - pl.col("first")).dt.total_days() > 300)
    assert gap.select(pl.col("first").cast(pl.String), pl.col("last").cast(pl.String)).rows() == [(first, last)]


def test_prices_of_shares_are_as_traded(shared):
    """Apple's splits of 2000, 2005 (2), 2014 (7) and 2020 (4) are steps of the close."""
    frame, _ = loaded(lean("ohlcv", "AAPL", shared / "lean", market="equity/usa", interval="1d"))
    step = (pl.col("close").shift(1) / pl.col("close")).alias("step")
    steps = frame.select(pl.col("opened_at").dt.date().cast(pl.String), step)
    days = dict(steps.filter(pl.col("opened_at").is_in(["2005-02-28", "2014-06-09", "2020-08-31"])).iter_rows())
    assert {day: round(step) for day, step in days.items()} == {"2005-02-28": 2, "2014-06-09": 7, "2020-08-31": 4}


def test_hours_of_fxcm_and_oanda_agree_winter_and_summer(shared):
    """Two venues, two clocks: closes of the same hour are the same market."""
    ours, theirs = (
        loaded(lean("ohlcv", "EURUSD", shared / "lean", market=f"forex/{venue}"))[0].select("opened_at", "close")
        for venue in ("fxcm", "oanda")
    )
    joined = ours.join(theirs, on="opened_at").filter(pl.col("opened_at").dt.year() >= 2010)
    for months in ((1, 2), (6, 7)):
        part = joined.filter(pl.col("opened_at").dt.month().is_in(months))
        assert part.select((pl.col("close") - pl.col("close_right")).abs().median()).item() < 3e-5


def test_a_trade_bar_by_hand():
    path = "equity/usa/daily/aig.zip"
    raw = zipped("20140307 00:00,973100,975300,965300,973600,2150000\n20140308 00:00,1,2,1,2,3", "aig.csv")
    frame, _ = decoded(raw, "ohlcv", path=path, interval="1d", publish_lag_seconds=60.0)
    assert frame.select("open", "high", "low", "close", "volume").row(0) == (97.31, 97.53, 96.53, 97.36, 2_150_000.0)
    assert frame["opened_at"][0] == datetime(2014, 3, 7, 5, tzinfo=UTC)
    assert frame["closed_at"][0] == datetime(2014, 3, 8, 5, tzinfo=UTC)
    assert frame["known_at"][0] == datetime(2014, 3, 8, 5, 1, tzinfo=UTC)


def test_a_day_on_which_clocks_change_has_23_hours():
    raw = zipped("20140309 00:00,1,2,1,2,3", "aig.csv")
    frame, _ = decoded(raw, "ohlcv", path="equity/usa/daily/aig.zip", interval="1d")
    assert (frame["closed_at"] - frame["opened_at"])[0].total_seconds() == 23 * 3_600


def test_a_quote_bar_becomes_a_bar_of_the_mid():
    raw = zipped("20070330 00:00,1.0,1.5,0.5,1.0,7,2.0,2.5,1.5,2.0,9", "eurusd.csv")
    frame, _ = decoded(raw, "ohlcv", "forex/fxcm", FXCM_HOUR)
    assert frame.select("open", "high", "low", "close", "volume").row(0) == (1.5, 2.0, 1.0, 1.5, 0.0)
    assert frame["opened_at"][0] == datetime(2007, 3, 30, 5, tzinfo=UTC)


@pytest.mark.parametrize("time", ["20140309 02:30", "20141102 01:30", "20140231 00:00", "99990101 00:00", "x"])
def test_times_that_do_not_exist_exactly_once_are_refused(time):
    with pytest.raises(DataError, match=r"hour/aig.zip row 1"):
        decoded(zipped(f"{time},1,2,1,2,3", "aig.csv"), "ohlcv", path="equity/usa/hour/aig.zip")
