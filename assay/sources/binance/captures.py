"""Files recorded from Binance's websocket, which the venue does not serve: where they are, and which day each holds.

They lie in the raw cache, in a folder by market (spot; usdm or um; coinm or cm), and are named after symbol and day:
`usdm/btcusdt_20240808.gz`, `spot/BTCUSDT-2024-08-08-depth.gz`, `cm/btcusd_perp_20240809.parquet`; what follows the day
is free. Where the folder holds any of the symbol's, trades, quotes, books, mark prices and liquidations come from them
and nothing is asked for; a day that was not recorded has no rows.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from assay.errors import DataError
from assay.market.zones import DAY_NS, SECOND_NS
from assay.sources.binance.markets import Market
from assay.sources.binance.windows import at
from assay.sources.decode.chunk import reading
from assay.sources.venue import Feed, Piece
from assay.tables.kinds import Kind

KINDS: tuple[Kind, ...] = ("trades", "quotes", "book", "mark_price", "liquidations")
CLOCKS_NS = 60 * SECOND_NS
"""How far the recorder's clock, which begins a new file at midnight, and the venue's may lie apart."""


def pieces(feed: Feed, market: Market) -> list[Piece] | None:
    """Return the captures that overlap a feed's range, in order of their days and names; None if there are none at all.

    Raises
    ------
    DataError
        If the folder cannot be read, if a name holds no day of the calendar, or if none overlaps the range.
    """
    if feed.kind not in KINDS:
        return None
    found = [piece for folder in market.folders for piece in _in(feed.root / folder, folder, feed.venue_symbol)]
    if not found:
        return None
    start_ns = 0 if feed.start_ns is None else feed.start_ns
    end_ns = max(piece.end_ns for piece in found) if feed.end_ns is None else feed.end_ns
    there = [piece for piece in found if piece.start_ns < end_ns and start_ns < piece.end_ns]
    if not there:
        days = f"{len(found)} of other days, such as {found[0].path}"
        raise DataError(
            feed.root, f"must hold a capture from {feed.params.start} to {feed.params.end}", days, "change it"
        )
    return sorted(there, key=lambda piece: (piece.start_ns, piece.path))


def _in(folder: Path, name: str, symbol: str) -> list[Piece]:
    named = re.compile(rf"{re.escape(symbol)}[-_](\d{{4}})-?(\d{{2}})-?(\d{{2}})(?!\d).*", re.IGNORECASE)
    with reading(folder):
        files = [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
    matches = [(path, named.fullmatch(path.name)) for path in files]
    return [_piece(f"{name}/{path.name}", match) for path, match in matches if match]


def _piece(path: str, match: re.Match[str]) -> Piece:
    try:
        year, month, day = (int(part) for part in match.groups())
        start_ns = at(datetime(year, month, day, tzinfo=UTC))
    except ValueError as error:
        raise DataError(path, "captures are named after symbol and day", str(error), "rename it") from None
    return Piece(path, start_ns - CLOCKS_NS, start_ns + DAY_NS + CLOCKS_NS)
