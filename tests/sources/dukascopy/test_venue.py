"""Dukascopy's files as pieces, its candles, and damaged files."""

import struct
from dataclasses import replace
from itertools import pairwise

import polars as pl
import pytest

from assay.errors import DataError, ParamsError
from assay.sources.dukascopy import VENUE, scale
from tests.sources.conftest import HOUR, bi5, records
from tests.sources.feeds import fates, feed, ns
from tests.sources.fuzz import mutations

FOUR = ("open", "high", "low", "close")


def minutes(*rows):
    """Pack (s, open, close, low, high, volume) as Dukascopy does."""
    return bi5(b"".join(struct.pack(">IIIIIf", *row) for row in rows))


def test_paths_and_addresses_of_hours_months_count_from_00():
    pieces = VENUE.pieces(feed("dukascopy", "quotes", "EURUSD", "2018-12-31T22:30", "2019-01-01T00:00:01"))
    assert [piece.path for piece in pieces] == [
        "EURUSD/2018/11/31/22h_ticks.bi5",
        "EURUSD/2018/11/31/23h_ticks.bi5",
        "EURUSD/2019/00/01/00h_ticks.bi5",
    ]
    assert pieces[0].url == "https://datafeed.dukascopy.com/datafeed/EURUSD/2018/11/31/22h_ticks.bi5"
    assert all(piece.when_missing == "closed" for piece in pieces)
    assert all(before.end_ns == after.start_ns for before, after in pairwise(pieces))
    assert pieces[0].start_ns == ns("2018-12-31T22:00")


@pytest.mark.parametrize(
    ("interval", "paths", "end"),
    [
        ("1m", ["2020/01/29/BID_candles_min_1.bi5", "2020/02/01/BID_candles_min_1.bi5"], "2020-03-02"),
        ("1h", ["2020/01/BID_candles_hour_1.bi5", "2020/02/BID_candles_hour_1.bi5"], "2020-04-01"),
        ("1d", ["2020/BID_candles_day_1.bi5"], "2021-01-01"),
    ],
)
def test_paths_of_candles_by_day_month_and_year(interval, paths, end):
    pieces = VENUE.pieces(feed("dukascopy", "ohlcv", "EURUSD", "2020-02-29", "2020-03-02", interval=interval))
    assert [piece.path for piece in pieces] == [f"EURUSD/{path}" for path in paths]
    assert pieces[-1].end_ns == ns(end)


def test_an_endpoint_takes_the_place_of_the_address():
    wanted = feed("dukascopy", "quotes", "EURUSD", "2019-02-04", "2019-02-05", endpoint="http://127.0.0.1:9/feed/")
    assert VENUE.pieces(wanted)[0].url == "http://127.0.0.1:9/feed/EURUSD/2019/01/04/00h_ticks.bi5"


def test_a_range_that_ends_a_nanosecond_into_an_hour_takes_its_file():
    wanted = feed("dukascopy", "quotes", "EURUSD", "2019-02-04T12:00", "2019-02-04T13:00")
    assert len(VENUE.pieces(wanted)) == 1
    assert len(VENUE.pieces(replace(wanted, end_ns=wanted.end_ns + 1))) == 2


def test_all_is_what_the_cache_holds(cache):
    (cache / "EURUSD/2019/01/04/13h_ticks.bi5").unlink()
    pieces = VENUE.pieces(feed("dukascopy", "quotes", "EURUSD", root=cache))
    assert [(piece.path[-13:-10], piece.url, piece.when_missing) for piece in pieces] == [
        (hour, "", "closed") for hour in ("12h", "13h", "14h")
    ]
    half = VENUE.pieces(feed("dukascopy", "quotes", "EURUSD", end="2019-02-04T15:00", root=cache))
    assert [piece.path[-13:-10] for piece in half] == ["12h", "13h", "14h"]


def test_all_of_an_empty_cache_is_refused(tmp_path):
    with pytest.raises(ParamsError, match=r"data\.start: all means what .* holds of EURUSD; found no file; give"):
        VENUE.pieces(feed("dukascopy", "quotes", "EURUSD", root=tmp_path))


@pytest.mark.parametrize("end", ["2300-01-01", "9999-12-31"])
def test_an_absurd_range_is_refused_without_being_listed(end):
    with pytest.raises(ParamsError, match=r"data\.end: a range has 500000 files at most"):
        VENUE.pieces(feed("dukascopy", "quotes", "EURUSD", "2019-01-01", end))


def test_intervals_that_the_venue_does_not_have_are_refused():
    with pytest.raises(ParamsError, match="dukascopy's candles are 1m, 1h or 1d; found 5m"):
        VENUE.pieces(feed("dukascopy", "ohlcv", "EURUSD", "2019-01-01", "2019-01-02", interval="5m"))


@pytest.mark.parametrize(
    ("symbol", "per_unit"),
    [
        ("EURUSD", 1e5),
        ("USDTRY", 1e5),
        ("HKDJPY", 1e5),
        ("GBPJPY", 1e3),
        ("USDHUF", 1e3),
        ("XAUUSD", 1e3),
        ("USA500IDXUSD", 1e3),
        ("AAPLUSUSD", 1e3),
        ("EURCZK", 1e4),
        ("USDTHB", 1e4),
        ("COPPERCMDUSD", 1e4),
        ("BTCUSD", 10),
        ("ETHUSD", 10),
    ],
)
def test_scales_as_dukascopy_node_lists_them(symbol, per_unit):
    assert scale(symbol) == per_unit


@pytest.mark.parametrize("symbol", ["ES", "AAPL", "EURXXX", "eurusd", "../EURUSD", "EURUSD/.."])
def test_an_unknown_scale_is_refused(symbol):
    with pytest.raises(ParamsError, match="dukascopy's price scale must be known"):
        VENUE.pieces(feed("dukascopy", "quotes", symbol, "2019-01-01", "2019-01-02"))


@pytest.mark.parametrize("path", ["2019/12/04/00h_ticks.bi5", "2019/00/32/00h_ticks.bi5", "2019/00/04/24h_ticks.bi5"])
def test_a_path_that_names_no_hour_is_refused(cache, path):
    place = cache / "EURUSD" / path
    place.parent.mkdir(parents=True)
    place.write_bytes(b"")
    with pytest.raises(DataError, match=rf"{path}: paths are year/month from 00"):
        VENUE.pieces(feed("dukascopy", "quotes", "EURUSD", root=cache))


@pytest.mark.parametrize("year", ["1600", "1677", "2262", "9999"])
def test_years_outside_int64_nanoseconds_are_refused(cache, year):
    (cache / "EURUSD" / year / "00/04").mkdir(parents=True)
    (cache / "EURUSD" / year / "00/04/00h_ticks.bi5").write_bytes(b"")
    with pytest.raises(DataError, match=rf"{year}/00/04/00h_ticks\.bi5: years are 1678 to 2261; found {year}"):
        VENUE.pieces(feed("dukascopy", "quotes", "EURUSD", root=cache))


def test_a_scale_that_is_listed_as_1_is_not_believed():
    with pytest.raises(ParamsError, match="price scale must be known; found CADHKD"):
        scale("CADHKD")


def test_a_candle_is_known_at_its_end_and_the_lag():
    wanted = feed("dukascopy", "ohlcv", "USDJPY", "2019-02-04", "2019-02-05", interval="1m", publish_lag_seconds=1.5)
    (piece,) = VENUE.pieces(wanted)
    frame, _ = VENUE.decode(minutes((60, 110_001, 110_002, 110_000, 110_005, 0.5)), piece, wanted)
    assert frame.row(0, named=True) | {"value": None, "buy_volume": None} == {
        "opened_at": frame["opened_at"][0],
        "closed_at": frame["closed_at"][0],
        "known_at": frame["known_at"][0],
        **dict(zip(FOUR, (110.001, 110.005, 110.0, 110.002), strict=True)),
        "volume": 500_000.0,
        "value": None,
        "buy_volume": None,
        "n_trades": -1,
        "flags": 0,
    }
    found = frame.select(pl.col("opened_at", "closed_at", "known_at").to_physical()).row(0)
    assert found == (ns("2019-02-04T00:01"), ns("2019-02-04T00:02"), ns("2019-02-04T00:02") + 1_500_000_000)


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (minutes((61, 1, 1, 1, 1, 0.0)), "row 1: seconds are multiples of 60 inside the file's period; found 61 \\("),
        (minutes((0, 1, 1, 1, 1, 0.0), (86_400, 1, 1, 1, 1, 0.0)), "row 2: seconds are multiples"),
        (minutes(*[(0, 1, 1, 1, 1, 0.0)] * 1441), "must hold 1440 candles at most"),
        (bi5(bytes(23)), "records of 24 bytes"),
        (bi5(bytes(1 << 24)), "must hold 1440 candles at most"),
    ],
    ids=["between minutes", "next day", "too many", "not whole", "bomb"],
)
def test_damaged_candles_are_refused_by_name(raw, rule):
    wanted = feed("dukascopy", "ohlcv", "EURUSD", "2019-02-04", "2019-02-05", interval="1m")
    (piece,) = VENUE.pieces(wanted)
    with pytest.raises(DataError, match=rule) as caught:
        VENUE.decode(raw, piece, wanted)
    assert str(caught.value).startswith("EURUSD/2019/01/04/BID_candles_min_1.bi5")


QUOTED = bi5(records([*HOUR[:2], *((1_000 * i, 114_500 + i, 114_490 + i, 1.0, 2.0) for i in range(1, 60))]))
DRAWN = minutes(*((60 * i, 114_500, 114_501, 114_499, 114_502, float(i % 3)) for i in range(1, 60)))


@pytest.mark.parametrize("n_cases", [300, pytest.param(10_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("kind", "raw"), [("quotes", QUOTED), ("ohlcv", DRAWN)])
def test_mutated_files_end_in_one_line_or_in_a_table(kind, raw, n_cases):
    wanted = feed("dukascopy", kind, "EURUSD", "2019-02-04", "2019-02-04T01:00", interval="1m")
    (piece,) = VENUE.pieces(wanted)
    found = fates(VENUE, mutations(raw, 3, n_cases), piece, wanted)
    assert found["wrong"] == 0
    assert min(found["refused"], found["table"]) > 0
