"""Files recorded from a venue's websocket, which no venue serves: where they are, and which day each holds.

They lie in a folder of the raw cache, and are named after symbol and day: `usdm/btcusdt_20240808.gz`,
`spot/BTCUSDT-2024-08-08-depth.gz`, `kraken/BTC-USD_20240809.trades.gz`; what follows the day is free.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from assay.errors import DataError
from assay.market.zones import DAY_NS, SECOND_NS
from assay.sources.decode.chunk import reading
from assay.sources.moments import instant_ns
from assay.sources.venue import Feed, Piece

CLOCKS_NS = 60 * SECOND_NS
"""How far the recorder's clock, which begins a new file at midnight, and the venue's may lie apart."""


def pieces(feed: Feed, folders: Sequence[str], symbol: str) -> list[Piece] | None:
    """Return the captures that overlap a feed's range, in order of their days and names; None if there are none at all.

    Parameters
    ----------
    feed
        The feed.
    folders
        Folders of its raw cache.
    symbol
        What the names of its files begin with; upper and lower case are the same.

    Raises
    ------
    DataError
        If a folder cannot be read, if a name holds no day of the calendar, or if none overlaps the range.
    """
    found = [piece for folder in folders for piece in _in(feed.root / folder, folder, symbol)]
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
        start_ns = instant_ns(datetime(year, month, day, tzinfo=UTC))
    except ValueError as error:
        raise DataError(path, "captures are named after symbol and day", str(error), "rename it") from None
    return Piece(path, start_ns - CLOCKS_NS, start_ns + DAY_NS + CLOCKS_NS, by_hand=True)
