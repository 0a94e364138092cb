"""The archives as a venue: files that are there already, decoded."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import polars as pl

from assay.errors import DataError
from assay.sources.decode.chunk import read_raw
from assay.sources.decode.packed import unzip
from assay.sources.decode.times import lag_ns
from assay.sources.lean import events, ticks
from assay.sources.lean.bars import bars
from assay.sources.lean.layout import Place, by_day, day_of, days, place, wanted
from assay.sources.months.month import months
from assay.sources.venue import EVENTS, Decoded, Feed, Piece
from assay.tables.kinds import TABLES, Kind, clock


class Lean:
    """LEAN's archives; what is not in the raw cache cannot be had."""

    kinds: tuple[Kind, ...] = ("quotes", "trades", "ohlcv", "actions", "funding")

    def pieces(self, feed: Feed) -> Sequence[Piece]:
        """Return a piece per day; or one per month of the symbol's one file, from its first row to its last.

        Raises
        ------
        DataError
            If there are no files, the one cannot be decoded, or it has no row of the range, of what must have one.
        ParamsError
            If the archives have nothing of this kind, market or interval.
        """
        where = place(feed)
        if where.by_day:
            folder, _, name = where.path.rpartition("/")
            found = by_day(where, days(feed.root / folder, name), feed)
        else:
            found = [piece for piece in _by_month(where, feed) if wanted(piece, feed)]
        if not found and feed.kind not in EVENTS:
            asked = f"{feed.params.start} to {feed.params.end}"
            raise DataError(feed.root / where.path, "must hold rows of the range", asked, "change the range")
        return found

    def decode(self, raw: bytes, piece: Piece, feed: Feed) -> Decoded:
        """Return a file's rows; none for a day without a file, which is counted.

        Raises
        ------
        DataError
            If the archive is damaged, too large or another's, or a row is not what LEAN writes.
        """
        where = place(feed)
        if not where.by_day:
            frame, counts = _of_symbol(raw, where, lag_ns(feed.params))
            at = pl.col(clock(feed.kind)).to_physical()
            return frame.filter(at.is_between(piece.start_ns, piece.end_ns, closed="left")), counts
        if not raw:
            return TABLES[feed.kind].empty(), {"days_without_file": 1}
        return _of_day(raw, where, piece, feed)


def _by_month(where: Place, feed: Feed) -> list[Piece]:
    """Return the months of the one file of a symbol; it is read for its first and its last row."""
    raw, _ = read_raw(feed.root / where.path)
    times = _of_symbol(raw, where, lag_ns(feed.params))[0].get_column(clock(feed.kind)).to_physical()
    lowest, highest = times.min(), times.max()
    if not isinstance(lowest, int) or not isinstance(highest, int):
        return []
    return [Piece(where.path, month.start_ns, month.end_ns) for month in months(lowest, highest + 1)]


@lru_cache(maxsize=1)
def _of_symbol(raw: bytes, where: Place, lag: int) -> Decoded:
    """Return the rows of a file that holds all history; it is asked for once per month."""
    if where.resolution in ("actions", "funding"):
        decode = events.actions if where.resolution == "actions" else events.funding
        return decode(raw, where.market, lag, where.path)
    return bars(unzip(raw, where.path), None, where.resolution, where.market, lag, where.path)


def _of_day(raw: bytes, where: Place, piece: Piece, feed: Feed) -> Decoded:
    content, day = unzip(raw, piece.path), day_of(piece)
    if where.resolution == "tick":
        decode = ticks.quotes if feed.kind == "quotes" else ticks.trades
        return decode(content, day, where.market, piece.path)
    return bars(content, day, where.resolution, where.market, lag_ns(feed.params), piece.path)


VENUE = Lean()
"""The venue that the registry knows as ``lean``."""
