"""Binance as a venue: which pieces hold a range, and which decoder reads each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from assay.errors import ParamsError
from assay.sources.binance import answers, archives, interest, messages, metrics, recorded, tables
from assay.sources.binance.book import books
from assay.sources.binance.markets import APIS, KINDS, Market, market_of
from assay.sources.binance.windows import at, month, whole_months
from assay.sources.decode import recordings
from assay.sources.decode.times import known_at, lag_ns
from assay.sources.ranges import bounds
from assay.sources.venue import Decoded, Feed, Piece
from assay.tables.kinds import Kind

Decoder: TypeAlias = Callable[[bytes, Piece, Feed], Decoded]
SERVED: dict[Kind, Decoder] = {
    "ohlcv": tables.candles,
    "trades": tables.trades,
    "quotes": tables.quotes,
    "funding": tables.funding,
    "open_interest": metrics.open_interest,
    "liquidations": tables.liquidations,
    "mark_price": tables.marks,
}
RECORDED: dict[Kind, Decoder] = {
    "trades": messages.trades,
    "quotes": messages.quotes,
    "book": books,
    "mark_price": messages.marks,
    "liquidations": messages.liquidations,
}
_RECORD = "record the stream into <data.cache>/<market>/<symbol>_<day>.gz"
_SUMS = "of their bookDepth, sums of sizes within 1 to 5 %, no book can be made"


@dataclass(frozen=True)
class Binance:
    """Captures where there are any; else archives, and answers where there is no archive.

    The raw cache holds the venue's own paths: data/futures/um/monthly/klines/BTCUSDT/1h/BTCUSDT-1h-2024-01.zip, and
    fapi/v1/klines/BTCUSDT/1h/<first ms>-<last ms>.json.
    """

    kinds: tuple[Kind, ...] = KINDS

    def pieces(self, feed: Feed) -> Sequence[Piece]:
        """Return the pieces of the wanted range in order of time.

        Raises
        ------
        ParamsError
            If the market or the kind is not the venue's, or if there is no range and no capture.
        """
        market = market_of(feed)
        captures = recordings.pieces(feed, market.folders, feed.venue_symbol) if feed.kind in RECORDED else None
        if captures is not None:
            return captures
        if answers.asked(feed):
            return answers.pieces(feed, market)
        if feed.kind == "book" or (feed.kind == "quotes" and market.name == "spot"):
            found = f"no capture, and {_SUMS}" if feed.kind == "book" else "no capture"
            raise ParamsError("data.kind", f"binance {market.name} archives no {feed.kind}", found, _RECORD)
        return _funding(feed, market) if feed.kind == "funding" else archives.pieces(feed, market)

    def decode(self, raw: bytes, piece: Piece, feed: Feed) -> Decoded:
        """Return the rows of a piece, in its order.

        Raises
        ------
        DataError
            If the bytes are not what the venue serves.
        """
        if piece.path.startswith(f"{interest.API}/"):
            return interest.open_interest(raw, piece, feed)
        if piece.path.startswith(("data/", *APIS)):
            return SERVED[feed.kind](raw, piece, feed)
        is_parquet = raw.startswith(recorded.MAGIC) and feed.kind in recorded.KINDS
        frame, counts = (recorded.rows if is_parquet else RECORDED[feed.kind])(raw, piece, feed)
        return frame.with_columns(known_at("^known_at$", lag_ns(feed.params))), counts


def _funding(feed: Feed, market: Market) -> list[Piece]:
    """Return the zips of the months that lie in the range, and a question for each other month."""
    found: dict[int, Piece] = {}
    for first, after, whole in whole_months(*bounds(feed)):
        if whole:
            found[at(first)] = archives.piece(feed, market, at(first), at(after), by_month=True)
        else:
            start, end = (at(day) for day in month(first))
            found[start] = answers.funding(feed, market, start, end)
    return list(found.values())
