"""Polygon as a venue: windows of bars, pages of ticks, years of splits and dividends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from urllib.parse import quote

import polars as pl

from assay.errors import ParamsError
from assay.market.zones import DAY_NS
from assay.sources.decode.times import MILLISECOND_NS
from assay.sources.moments import instant, instant_ns
from assay.sources.polygon import actions, answers, bars, ticks
from assay.sources.ranges import bounds, windows
from assay.sources.venue import Decoded, Feed, Piece
from assay.tables.kinds import Kind

ADDRESS = "https://api.polygon.io"
KEY = "POLYGON_API_KEY"
LIMIT = 50_000
"""Rows of an answer, the most that the venue allows."""
ACTIONS_LIMIT = 1_000
DAYS = 3
"""Days that one question for bars within a day covers."""
TICKER = re.compile(r"(?:[A-Z]:)?[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


class Polygon:
    """Polygon.io: consolidated US trades and quotes, bars, splits and dividends; the key comes from POLYGON_API_KEY.

    Notes
    -----
    Answers are kept as served. Prices are as traded (``adjusted=false``); splits and dividends are a kind of their own.
    A bar that is still being made is served too: let ``data.end`` lie in the past.
    """

    kinds: tuple[Kind, ...] = ("ohlcv", "trades", "quotes", "actions")

    def pieces(self, feed: Feed) -> Sequence[Piece]:
        """Return the questions for a range, first pages only; :meth:`following` tells of the others.

        Raises
        ------
        ParamsError
            If the range is open, or the interval or the ticker is none of the venue's.
        """
        if not TICKER.fullmatch(feed.venue_symbol):
            remedy = "write AAPL, C:EURUSD or X:BTCUSD, if need be as NAME=TICKER"
            raise ParamsError("data.symbols", "polygon's tickers have letters, digits, dots", feed.venue_symbol, remedy)
        if feed.kind == "ohlcv":
            return [_bars(feed, *window) for window in _bar_windows(feed)]
        if feed.kind == "actions":
            return [
                _actions(feed, sort, *year) for year in _years(feed) for sort in sorted(actions.DATES, reverse=True)
            ]
        return [_ticks(feed, *day) for day in windows(feed, DAY_NS)]

    def following(self, raw: bytes, piece: Piece) -> Piece | None:
        """Return the page after an answer, or None if it is the last.

        Raises
        ------
        DataError
            If the answer is not good, or its next page lies elsewhere.
        """
        if piece.path.startswith("v2/aggs"):
            return None
        return answers.next_page(answers.opened(raw, piece), piece)

    def steady(self, raw: bytes, piece: Piece) -> bytes:  # noqa: ARG002 - the protocol's
        """Return an answer without what is said of the request alone: see ``answers.steady``."""
        return answers.steady(raw)

    def decode(self, raw: bytes, piece: Piece, feed: Feed) -> Decoded:
        """Return the rows of an answer.

        Raises
        ------
        DataError
            If it is not what was asked for.
        """
        if feed.kind == "ohlcv":
            return bars.decode(raw, piece, feed)
        if feed.kind == "actions":
            return actions.decode(raw, piece, feed)
        return (ticks.trades if feed.kind == "trades" else ticks.quotes)(raw, piece)

    def joined(self, frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """Return the rows of several pieces of ``actions`` as one table: a day's split and dividend in one row."""
        return actions.joined(pl.concat(frames))


VENUE = Polygon()


def _bar_windows(feed: Feed) -> Iterator[tuple[int, int]]:
    return iter(_years(feed) if bars.span(feed)[1] == "day" else windows(feed, DAYS * DAY_NS))


def _bars(feed: Feed, start_ns: int, end_ns: int) -> Piece:
    n, unit, _ = bars.span(feed)
    folder = f"v2/aggs/ticker/{feed.venue_symbol}/range/{n}/{unit}"
    first, last = f"{instant(start_ns):%Y-%m-%d}", f"{instant(end_ns - DAY_NS):%Y-%m-%d}"
    asked = f"{first}/{last}" if unit == "day" else f"{start_ns // MILLISECOND_NS}/{end_ns // MILLISECOND_NS - 1}"
    question = f"{folder}/{asked}?adjusted=false&sort=asc&limit={LIMIT}"
    piece = _piece(feed, f"{folder}/{first}.json", question, start_ns, end_ns)
    return replace(piece, after_ns=DAY_NS if unit == "day" else 0)


def _ticks(feed: Feed, start_ns: int, end_ns: int) -> Piece:
    folder = f"v3/{feed.kind}/{feed.venue_symbol}"
    query = f"timestamp.gte={start_ns}&timestamp.lt={end_ns}&order=asc&sort=timestamp&limit={LIMIT}"
    return _piece(feed, f"{folder}/{instant(start_ns):%Y-%m-%d}.json", f"{folder}?{query}", start_ns, end_ns)


def _actions(feed: Feed, sort: str, start_ns: int, end_ns: int) -> Piece:
    folder, date = f"v3/reference/{sort}", actions.DATES[sort]
    span = f"{date}.gte={instant(start_ns):%Y-%m-%d}&{date}.lt={instant(end_ns):%Y-%m-%d}"
    query = f"ticker={feed.venue_symbol}&{span}&order=asc&sort={date}&limit={ACTIONS_LIMIT}"
    return _piece(
        feed, f"{folder}/{feed.venue_symbol}/{instant(start_ns):%Y}.json", f"{folder}?{query}", start_ns, end_ns
    )


def _piece(feed: Feed, path: str, asked: str, start_ns: int, end_ns: int) -> Piece:
    place, _, query = asked.partition("?")
    url = f"{feed.params.endpoint.rstrip('/') or ADDRESS}/{quote(place)}?{query}"
    return Piece(path, start_ns, end_ns, url=url, secret=KEY, types=("application/json",))


def _years(feed: Feed) -> list[tuple[int, int]]:
    """Return the calendar years that overlap a range."""
    start_ns, end_ns = bounds(feed)
    first, last = instant(start_ns).year, instant(end_ns - 1).year
    begins = [instant_ns(datetime(year, 1, 1, tzinfo=UTC)) for year in range(first, last + 2)]
    return list(pairwise(begins))
