"""What is asked of exchanges."""

from itertools import pairwise

import pytest

from assay.errors import ParamsError
from assay.sources.exchanges import VENUE
from tests.sources.feeds import feed, ns


def windows(kind, start="2024-01-02", end="2024-01-03", symbol="BTC/USD", **params):
    return VENUE.pieces(feed("ccxt", kind, symbol, start, end, **params))


@pytest.mark.parametrize(("interval", "hours"), [("1m", 4), ("1h", 240), ("1d", 240 * 24)])
def test_windows_hold_240_candles_whatever_the_range(interval, hours):
    pieces = windows("ohlcv", "2024-01-02", "2024-03-01", interval=interval)
    assert {piece.end_ns - piece.start_ns for piece in pieces} == {hours * 3_600 * 10**9}
    assert all(before.end_ns == after.start_ns for before, after in pairwise(pieces))
    later = windows("ohlcv", "2024-01-02T03:00", "2024-02-29T23:00", interval=interval)
    assert later == pieces
    assert pieces[0].start_ns <= ns("2024-01-02")


def test_paths_name_exchange_market_kind_and_time():
    assert windows("trades")[0].path == "kraken/BTC-USD/trades/2024-01-02T0000.json"
    (piece,) = windows("funding", symbol="BTC/USDT:USDT", exchange="binanceusdm")
    assert piece.path == "binanceusdm/BTC-USDT_USDT/funding/2023-12-19T0000.json"
    assert piece.url == ""


@pytest.mark.parametrize("symbol", ["../BTC", "/etc", "", "BTC/../USD", "BTC USD"])
def test_symbols_that_would_leave_the_cache_are_refused(symbol):
    with pytest.raises(ParamsError, match=r"data\.symbols: must be a market as ccxt writes it"):
        windows("trades", symbol=symbol)


@pytest.mark.parametrize("exchange", ["../x", "Kraken", "", "a/b"])
def test_exchanges_that_would_leave_the_cache_are_refused(exchange):
    with pytest.raises(ParamsError, match=r"data\.exchange: must be one that ccxt knows"):
        windows("trades", exchange=exchange)


def test_absurd_ranges_are_refused_without_being_listed():
    with pytest.raises(ParamsError, match="a range is 200000 requests at most"):
        windows("trades", "1970-01-01", "2200-01-01")
