"""Dukascopy as a venue: quotes by the hour, candles of the bid by day, month or year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from assay.errors import ParamsError
from assay.sources.decode.times import lag_ns
from assay.sources.dukascopy import bi5, paths
from assay.sources.dukascopy.paths import Shelf
from assay.sources.dukascopy.scales import scale
from assay.sources.moments import YEARS, instant, instant_ns
from assay.sources.venue import Decoded, Feed, Piece
from assay.tables.kinds import Kind

ADDRESS = "https://datafeed.dukascopy.com/datafeed"
MOST_FILES = 500_000
"""Files of one range: the hours of 57 years."""


class Dukascopy:
    """The datafeed of Dukascopy Bank: free, without a key, quotes from 2003 on.

    Notes
    -----
    The bytes are what ``https://datafeed.dukascopy.com/datafeed/<symbol>/<path>`` serves, kept in the same paths. A
    missing file, or one of 0 bytes, is a time without trading. Files of the running hour are not complete.
    """

    kinds: tuple[Kind, ...] = ("quotes", "ohlcv")

    def pieces(self, feed: Feed) -> Sequence[Piece]:
        """Return the files of the wanted range; of ``all``, from the first to the last one in the raw cache.

        With ``all`` nothing is asked: what lies between and is not there counts as closed.

        Raises
        ------
        ParamsError
            If the instrument's scale, the interval or the range is not one of the venue's.
        """
        scale(feed.venue_symbol)
        shelf = _shelf(feed)
        pieces = [_piece(feed, shelf, start) for start in _starts(feed, shelf)]
        is_open = feed.start_ns is None and feed.end_ns is None
        return [replace(piece, url="") for piece in pieces] if is_open else pieces

    def decode(self, raw: bytes, piece: Piece, feed: Feed) -> Decoded:
        """Return the rows of a file.

        Raises
        ------
        DataError
            If the bytes are not what the venue serves.
        """
        per_unit, closed = scale(feed.venue_symbol), int(not raw)
        if feed.kind == "quotes":
            return bi5.decode(raw, instant(piece.start_ns), per_unit, piece.path), {"closed_hours": closed}
        span_ns, step_ns = (piece.start_ns, piece.end_ns), _shelf(feed).step_ns
        frame = bi5.candles(raw, span_ns, step_ns, lag_ns(feed.params), per_unit, piece.path)
        return frame, {"closed_files": closed}


VENUE = Dukascopy()


def _shelf(feed: Feed) -> Shelf:
    if feed.kind == "quotes":
        return paths.QUOTES
    if feed.params.interval not in paths.CANDLES:
        remedy = "take 1m, and longer bars of it"
        raise ParamsError("data.interval", "dukascopy's candles are 1m, 1h or 1d", feed.params.interval, remedy)
    return paths.CANDLES[feed.params.interval]


def _piece(feed: Feed, shelf: Shelf, start: datetime) -> Piece:
    path = f"{feed.venue_symbol}/{shelf.path(start)}"
    url = f"{feed.params.endpoint.rstrip('/') or ADDRESS}/{path}"
    span_ns = instant_ns(start), instant_ns(shelf.after(start))
    return Piece(path, *span_ns, url=url, when_missing="closed")


def _starts(feed: Feed, shelf: Shelf) -> list[datetime]:
    """Return the first instants of the files of a range; `all` goes by those there are."""
    if feed.start_ns is not None and feed.end_ns is not None:
        return _range(shelf, feed.start_ns, feed.end_ns)
    cached = shelf.cached(feed.root / feed.venue_symbol)
    if not cached:
        remedy = "give data.start and data.end, such as 2019-02-01"
        raise ParamsError("data.start", f"all means what {feed.root} holds of {feed.venue_symbol}", "no file", remedy)
    first_ns = instant_ns(cached[0]) if feed.start_ns is None else feed.start_ns
    end_ns = instant_ns(shelf.after(cached[-1])) if feed.end_ns is None else feed.end_ns
    return _range(shelf, first_ns, end_ns)


def _range(shelf: Shelf, first_ns: int, end_ns: int) -> list[datetime]:
    first, end = instant(first_ns), instant(end_ns)
    shortest = shelf.after(shelf.start(first)) - shelf.start(first)
    if first.year not in YEARS or end.year not in YEARS or (end - first) // shortest > MOST_FILES:
        found, remedy = f"{first:%Y-%m-%d} to {end:%Y-%m-%d}", "take a shorter one"
        raise ParamsError("data.end", f"a range has {MOST_FILES} files at most", found, remedy)
    return [start for start, _ in shelf.periods(first_ns, end_ns)]
