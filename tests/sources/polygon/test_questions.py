"""What Polygon is asked, in which windows, and what cannot be asked."""

from itertools import pairwise

import pytest

from assay.errors import ParamsError
from assay.sources.polygon import VENUE
from tests.sources.feeds import feed, ns
from tests.sources.polygon.answers import question


def test_bars_within_a_day_are_asked_for_in_windows_of_three_days_whatever_the_range():
    pieces = VENUE.pieces(feed("polygon", "ohlcv", "AAPL", "2024-01-02", "2024-01-06", interval="5m"))
    assert [piece.path.rpartition("/")[2] for piece in pieces] == ["2023-12-31.json", "2024-01-03.json"]
    place = "https://api.polygon.io/v2/aggs/ticker/AAPL/range/5/minute"
    query = "adjusted=false&sort=asc&limit=50000"
    assert pieces[0].url == f"{place}/1703980800000/1704239999999?{query}"
    assert all(before.end_ns == after.start_ns for before, after in pairwise(pieces))
    later = VENUE.pieces(feed("polygon", "ohlcv", "AAPL", "2024-01-01T12:00", "2024-01-03T12:00", interval="5m"))
    assert later == pieces


def test_days_are_asked_for_by_the_year():
    piece, _ = question(interval="1d")
    assert piece.path == "v2/aggs/ticker/AAPL/range/1/day/2024-01-01.json"
    assert "/range/1/day/2024-01-01/2024-12-31?adjusted=false" in piece.url
    assert (piece.start_ns, piece.end_ns) == (ns("2024-01-01"), ns("2025-01-01"))


def test_ticks_are_asked_for_by_the_day_in_nanoseconds():
    piece, _ = question("trades")
    assert piece.path == "v3/trades/AAPL/2024-01-02.json"
    query = "timestamp.gte=1704153600000000000&timestamp.lt=1704240000000000000&order=asc&sort=timestamp&limit=50000"
    assert piece.url == f"https://api.polygon.io/v3/trades/AAPL?{query}"


def test_actions_are_asked_for_by_the_year_splits_first():
    splits, dividends = VENUE.pieces(feed("polygon", "actions", "AAPL", "2024-06-01", "2024-06-02"))
    assert splits.path == "v3/reference/splits/AAPL/2024.json"
    assert "ticker=AAPL&execution_date.gte=2024-01-01&execution_date.lt=2025-01-01&order=asc" in splits.url
    assert "/v3/reference/dividends?ticker=AAPL&ex_dividend_date.gte=2024-01-01" in dividends.url


@pytest.mark.parametrize("kind", VENUE.kinds)
def test_the_key_is_named_and_never_part_of_an_address(kind, monkeypatch):
    monkeypatch.setenv("POLYGON_API_KEY", "s3cret")
    piece, _ = question(kind)
    assert {piece.secret} == {"POLYGON_API_KEY"}
    assert "s3cret" not in repr(piece)
    assert "apikey" not in piece.url.lower()
    assert piece.types == ("application/json",)


def test_an_endpoint_takes_the_place_of_the_address():
    assert question(endpoint="http://127.0.0.1:9/")[0].url.startswith("http://127.0.0.1:9/v2/aggs/ticker/AAPL/")


@pytest.mark.parametrize("symbol", ["../x", "A/B", "", ".AAPL", "AAPL?x=1", "A" * 40])
def test_tickers_that_would_leave_the_cache_are_refused(symbol):
    with pytest.raises(ParamsError, match=r"data\.symbols: polygon's tickers"):
        question(symbol=symbol)


@pytest.mark.parametrize("interval", ["2h", "4h", "12h"])
def test_intervals_that_windows_would_cut_are_refused(interval):
    with pytest.raises(ParamsError, match=rf"polygon's bars are 1m, .*; found {interval}; take 1h"):
        question(interval=interval)


@pytest.mark.parametrize(("start", "end"), [(None, "2024-01-01"), ("2024-01-01", None)])
def test_an_open_range_is_refused(start, end):
    with pytest.raises(ParamsError, match="polygon is asked for a range; found all"):
        VENUE.pieces(feed("polygon", "ohlcv", "AAPL", start, end))
