"""Which answers hold a range: calendar years of days; weeks or months inside a day, as Yahoo allows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from assay.errors import ParamsError
from assay.market.zones import DAY_NS, SECOND_NS
from assay.sources.moments import instant, instant_ns
from assay.sources.ranges import bounds
from assay.sources.venue import Feed, Piece

PERIODS = {
    "1m": timedelta(minutes=1),
    "5m": timedelta(minutes=5),
    "15m": timedelta(minutes=15),
    "1h": timedelta(hours=1),
    "1d": timedelta(days=1),
}
"""Intervals that Yahoo answers well; its half hours are hours at times."""
EAST_NS = 14 * 3_600 * SECOND_NS
"""How long before midnight of UTC a day may begin on the clock of an exchange."""
_ELSEWHERE = re.compile(r"[.^]")
"""In symbols of shares outside the US, which end in their market's letters (INFY.NS), and in those of indices."""
_SYMBOL = re.compile(r"[A-Za-z0-9^][A-Za-z0-9.=^_-]{0,31}")
_REACH = "Yahoo has minutes of the last 30 days, 5m and 15m of the last 60, hours of the last 730"
_DAYS = {"1m": 30, "5m": 60, "15m": 60, "1h": 730}
"""How far back a question may reach: "The requested range must be within the last 30 days", its refusals say."""


def pieces(feed: Feed) -> list[Piece]:
    """Return the answers that hold a feed's range, whole years, months or weeks, in order of time.

    A day is stamped with the opening of its market and begins at its midnight. East of UTC that may lie in the year
    before: so the period that an answer covers begins 14 hours before what is asked for, and a range that ends with a
    year takes the next one too. Of symbols of the US, of currencies and of what lies inside a day no year or month is
    asked for in which no row is wanted.

    Notes
    -----
    An answer for a year that is not over is another one each day: so is the SHA-256 of its receipt, and what was made
    of it, until the year is asked for once more after its end.

    Raises
    ------
    ParamsError
        If there is no range, or if Yahoo has no such interval or symbol.
    """
    start_ns, end_ns = bounds(feed, f"set data.start and data.end; {_REACH}")
    if not _SYMBOL.fullmatch(feed.venue_symbol):
        raise ParamsError("data.symbols", "must be a symbol of Yahoo", repr(feed.venue_symbol), "such as AAPL or ^GSPC")
    interval = interval_of(feed)
    folder = f"{feed.venue_symbol}/{interval}"
    after_ns = DAY_NS if interval == "1d" else 0
    ahead_ns = _ahead_ns(feed)
    first, last = instant(start_ns).date(), instant(end_ns - 1 + ahead_ns).date()
    return [
        Piece(
            f"{folder}/{name}.json",
            _ns(start) - ahead_ns,
            _ns(end),
            after_ns=after_ns,
            served_until_ns=_served_until_ns(feed, interval, _ns(start)),
        )
        for name, start, end in _windows(first, last, interval)
    ]


def _served_until_ns(feed: Feed, interval: str, start_ns: int) -> int:
    """Return until when an answer can be had again as it was.

    Days never, since each later split changes the numbers of the days before it; of a symbol that left its universe
    nothing, since Yahoo drops what is no longer listed.
    """
    has_left = len(feed.params.universe.get(feed.symbol, ())) > 1
    return 0 if has_left or interval not in _DAYS else start_ns + _DAYS[interval] * DAY_NS


def interval_of(feed: Feed) -> str:
    """Return the interval that is asked for: days for splits and dividends, else the parameter's.

    Raises
    ------
    ParamsError
        If Yahoo does not have it.
    """
    interval = "1d" if feed.kind == "actions" else feed.params.interval
    if interval not in PERIODS:
        remedy = f"take one of {', '.join(PERIODS)}; the bars stage makes larger ones of them"
        raise ParamsError("data.interval", "yahoo must have it", interval, remedy)
    return interval


def asked(piece: Piece, feed: Feed) -> tuple[int, int]:
    """Return the period that is asked for, seconds since 1970-01-01 UTC, the end not included."""
    return (piece.start_ns + _ahead_ns(feed)) // SECOND_NS, piece.end_ns // SECOND_NS


def _ahead_ns(feed: Feed) -> int:
    """Return how long before its stamp's day a row may begin: of bars inside a day, and west of UTC, not at all."""
    return EAST_NS if interval_of(feed) == "1d" and _ELSEWHERE.search(feed.venue_symbol) else 0


def _windows(first: date, last: date, interval: str) -> Iterator[tuple[str, date, date]]:
    """Yield name, first day and the day after the last of each window that meets a range of days."""
    start = _begin(first, interval)
    while start <= last:
        end = _begin(start + timedelta(days={"1d": 366, "1m": 7}.get(interval, 31)), interval)
        name = {"1d": f"{start:%Y}", "1m": f"{start}"}.get(interval, f"{start:%Y-%m}")
        yield name, start, end
        start = end


def _begin(day: date, interval: str) -> date:
    if interval == "1m":
        return day - timedelta(days=day.weekday())
    return day.replace(month=1, day=1) if interval == "1d" else day.replace(day=1)


def _ns(day: date) -> int:
    return instant_ns(datetime(day.year, day.month, day.day, tzinfo=UTC))
