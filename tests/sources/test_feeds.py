"""From the ``data`` block to feeds: names, places, raw caches."""

from pathlib import Path

import pytest

from assay.errors import ParamsError
from assay.market.instruments import InstrumentParams
from assay.sources.feeds import VENUES, feeds, inside, place, root, venue_of
from assay.sources.params import DataParams, FeedParams
from assay.tables.kinds import TABLES
from tests.sources.feeds import ns

INSTRUMENT = InstrumentParams(symbol="EURUSD")


def test_without_symbols_the_instrument_is_meant():
    (feed,) = feeds(DataParams(source="dukascopy", start="2024-01-01", end="2024-02-01"), INSTRUMENT)
    assert (feed.symbol, feed.venue_symbol, feed.kind) == ("EURUSD", "EURUSD", "quotes")
    assert feed.instrument.tick_size == 1e-5
    assert (feed.start_ns, feed.end_ns) == (ns("2024-01-01"), ns("2024-02-01"))


def test_a_name_of_the_venue_is_kept_beside_ours():
    params = DataParams(source="ccxt", symbols=["BTCUSD=BTC/USD", "X=a=b"])
    assert [(feed.symbol, feed.venue_symbol) for feed in feeds(params, INSTRUMENT)] == [
        ("BTCUSD", "BTC/USD"),
        ("X", "a=b"),
    ]


def test_a_symbol_that_no_table_knows_has_no_instrument():
    (feed,) = feeds(DataParams(source="polygon", symbols=["ZZZZ"]), INSTRUMENT)
    assert feed.instrument is None


def test_prices_and_context_have_places_of_their_own():
    funding = FeedParams(source="binance", market="usdm", kind="funding")
    params = DataParams(source="binance", kind="trades", more=[funding])
    places = [place(feed) for feed in feeds(params, InstrumentParams(symbol="BTCUSDT"))]
    assert places == [Path("ticks/binance-spot/BTCUSDT"), Path("context/funding/binance-usdm/BTCUSDT")]
    assert inside({"ticks": Path("/a"), "context": Path("/b")}, places[1]) == Path("/b/funding/binance-usdm/BTCUSDT")


def test_the_raw_cache_is_the_feeds_own_or_the_environments_or_the_projects(monkeypatch):
    monkeypatch.delenv("ASSAY_CACHE", raising=False)
    assert root(FeedParams(source="polygon")) == Path(".raw/polygon")
    monkeypatch.setenv("ASSAY_CACHE", "/big")
    assert root(FeedParams(source="polygon")) == Path("/big/polygon")
    assert root(FeedParams(source="polygon", cache="/mine")) == Path("/mine")


@pytest.mark.parametrize("source", sorted(VENUES))
def test_every_venue_serves_kinds_that_have_a_table_and_refuses_others(source):
    venue = venue_of(source)
    assert set(venue.kinds) <= set(TABLES)
    for kind in set(TABLES) - set(venue.kinds):
        with pytest.raises(ParamsError, match=rf"data\.kind: the source must serve it; found {kind}; {source} serves"):
            feeds(DataParams(source=source, kind=kind), INSTRUMENT)


@pytest.mark.parametrize("symbol", ["../up", "a/b", "", ".hidden", "a b"])
def test_symbols_that_are_no_names_of_folders_are_refused(symbol):
    with pytest.raises(ValueError, match="a symbol is NAME or NAME=VENUE"):
        FeedParams(symbols=[symbol])
