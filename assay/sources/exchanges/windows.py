"""Windows of what is asked: fixed, whatever the exchange serves at once; longer answers are put together."""

from __future__ import annotations

import re

from assay.errors import ParamsError
from assay.market.zones import DAY_NS, SECOND_NS
from assay.sources.moments import instant
from assay.sources.ranges import period_ns, windows
from assay.sources.venue import Feed, Piece

CANDLES = 240
"""Candles of a window: one answer of most exchanges, and a third of the history that Kraken keeps."""
TRADES_NS = 6 * 3_600 * SECOND_NS
FUNDING_NS = 30 * DAY_NS
SYMBOL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")
EXCHANGE = re.compile(r"[a-z0-9_]{1,40}")


def pieces(feed: Feed) -> list[Piece]:
    """Return the questions for a range.

    Raises
    ------
    ParamsError
        If the range is open, or exchange or symbol cannot be the name of a folder.
    """
    if not EXCHANGE.fullmatch(feed.params.exchange):
        raise ParamsError("data.exchange", "must be one that ccxt knows", feed.params.exchange, "such as kraken")
    if not SYMBOL.fullmatch(feed.venue_symbol) or ".." in feed.venue_symbol:
        remedy = "write BTC/USD, if need be as NAME=BTC/USD"
        raise ParamsError("data.symbols", "must be a market as ccxt writes it", feed.venue_symbol, remedy)
    folder = "/".join((feed.params.exchange, feed.venue_symbol.replace("/", "-").replace(":", "_"), *_sort(feed)))
    return [Piece(f"{folder}/{_name(start)}.json", start, end) for start, end in windows(feed, _window_ns(feed))]


def _sort(feed: Feed) -> tuple[str, ...]:
    return (feed.kind, feed.params.interval) if feed.kind == "ohlcv" else (feed.kind,)


def _window_ns(feed: Feed) -> int:
    if feed.kind == "ohlcv":
        return CANDLES * period_ns(feed.params.interval)
    return TRADES_NS if feed.kind == "trades" else FUNDING_NS


def _name(start_ns: int) -> str:
    return f"{instant(start_ns):%Y-%m-%dT%H%M}"
