"""Windows of what is asked: fixed, whatever the exchange serves at once; longer answers are put together."""

from __future__ import annotations

import re

from assay.errors import ParamsError
from assay.market.zones import DAY_NS, SECOND_NS
from assay.sources.exchanges import captures
from assay.sources.moments import instant
from assay.sources.ranges import period_ns, windows
from assay.sources.venue import Feed, Piece

CANDLES = 240
"""Candles of a window: one answer of most exchanges, and a third of the history that Kraken keeps."""
TRADES_NS = 6 * 3_600 * SECOND_NS
FUNDING_NS = 30 * DAY_NS
KRAKEN_CANDLES = 720
"""Candles of an interval that Kraken serves: "older data cannot be retrieved" (REST reference, Get OHLC Data)."""
SYMBOL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")
EXCHANGE = re.compile(r"[a-z0-9_]{1,40}")


def named(feed: Feed) -> Feed:
    """Return the feed, if its exchange and symbol can be names of folders.

    Raises
    ------
    ParamsError
        If they cannot.
    """
    if not EXCHANGE.fullmatch(feed.params.exchange):
        raise ParamsError("data.exchange", "must be one that ccxt knows", feed.params.exchange, "such as kraken")
    if not SYMBOL.fullmatch(feed.venue_symbol) or ".." in feed.venue_symbol:
        remedy = "write BTC/USD, if need be as NAME=BTC/USD"
        raise ParamsError("data.symbols", "must be a market as ccxt writes it", feed.venue_symbol, remedy)
    return feed


def pieces(feed: Feed) -> list[Piece]:
    """Return the questions for a range.

    Raises
    ------
    ParamsError
        If the range is open.
    """
    folder = "/".join((feed.params.exchange, captures.folder(feed.venue_symbol), *_sort(feed)))
    return [
        Piece(f"{folder}/{_name(start)}.json", start, end, served_until_ns=_served_until_ns(feed, start))
        for start, end in windows(feed, _window_ns(feed))
    ]


def _sort(feed: Feed) -> tuple[str, ...]:
    return (feed.kind, feed.params.interval) if feed.kind == "ohlcv" else (feed.kind,)


def _window_ns(feed: Feed) -> int:
    if feed.kind == "ohlcv":
        return CANDLES * period_ns(feed.params.interval)
    return TRADES_NS if feed.kind == "trades" else FUNDING_NS


def _served_until_ns(feed: Feed, start_ns: int) -> int | None:
    """Return until when a window is served: Kraken keeps all trades; how long another exchange does, nobody says."""
    if feed.params.exchange != "kraken":
        return 0
    return start_ns + KRAKEN_CANDLES * period_ns(feed.params.interval) if feed.kind == "ohlcv" else None


def _name(start_ns: int) -> str:
    return f"{instant(start_ns):%Y-%m-%dT%H%M}"
