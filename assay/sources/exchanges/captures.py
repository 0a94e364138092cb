"""Recorded websockets of exchanges, where they lie in the raw cache: in a folder per exchange.

`kraken/BTC-USD_20240808.gz`, `bitmex/XBTUSD_20240808.gz`: the market as `data.symbols` has it, `/` written `-` and `:`
written `_`, then the day; what follows is free. Where the folder holds any of the market's, trades, quotes and books
come from them and nothing is asked for; a day that was not recorded has no rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from assay.errors import ParamsError
from assay.sources.decode import recordings
from assay.sources.decode.times import known_at, lag_ns
from assay.sources.exchanges import bitmex, bitmex_book, kraken, kraken_book
from assay.sources.venue import Decoded, Feed, Piece
from assay.tables.kinds import Kind

Decoder: TypeAlias = Callable[[bytes, Piece, Feed], Decoded]
DECODERS: dict[str, dict[Kind, Decoder]] = {
    "kraken": {"trades": kraken.trades, "quotes": kraken.quotes, "book": kraken_book.books},
    "bitmex": {"trades": bitmex.trades, "quotes": bitmex.quotes, "book": bitmex_book.books},
}
KINDS: tuple[Kind, ...] = ("quotes", "book")
"""What comes from captures only."""


def folder(symbol: str) -> str:
    """Return a market's name as files and folders have it."""
    return symbol.replace("/", "-").replace(":", "_")


def pieces(feed: Feed) -> list[Piece] | None:
    """Return the captures that overlap a feed's range; None if the exchange is to be asked.

    Raises
    ------
    ParamsError
        If the kind comes from captures only, and there are none.
    DataError
        As in :func:`assay.sources.decode.recordings.pieces`.
    """
    exchange = feed.params.exchange
    there = feed.kind in DECODERS.get(exchange, ())
    found = recordings.pieces(feed, (exchange,), folder(feed.venue_symbol)) if there else None
    if found is not None or feed.kind not in KINDS:
        return found
    rule = f"ccxt has {feed.kind} of captures only, of {' and '.join(DECODERS)}"
    where = f"{exchange}/{folder(feed.venue_symbol)}_<day>.gz"
    raise ParamsError("data.kind", rule, "no capture", f"record the exchange's websocket into <data.cache>/{where}")


def decode(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return the rows of a capture.

    Raises
    ------
    DataError
        If the bytes are not what was recorded of the exchange.
    """
    frame, counts = DECODERS[feed.params.exchange][feed.kind](raw, piece, feed)
    return frame.with_columns(known_at("^known_at$", lag_ns(feed.params))), counts
