"""Where the archives lie: a file per day for ticks and minutes, a file per symbol for everything else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from assay.errors import DataError, ParamsError
from assay.sources.lean.clock import midnight_ns
from assay.sources.lean.markets import Market, market
from assay.sources.moments import instant
from assay.sources.venue import Feed, Piece

RESOLUTIONS = {"1m": "minute", "1h": "hour", "1d": "daily"}
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Place:
    """Where a feed's files are: the market, its resolution or kind, and a path with or without a day in it."""

    market: Market
    resolution: str
    path: str

    @property
    def by_day(self) -> bool:
        """Whether there is a file per day."""
        return "{day}" in self.path


def place(feed: Feed) -> Place:
    """Return where a feed's files are.

    Raises
    ------
    ParamsError
        If the archives have nothing of this kind, market or interval.
    """
    where, symbol = market(feed.params.market), feed.venue_symbol.lower()
    if feed.kind in ("quotes", "trades"):
        return _ticks(where, feed.kind, symbol)
    if feed.kind == "ohlcv":
        return _bars(where, feed.params.interval, symbol)
    if feed.kind == "actions" and where.folder == "equity/usa":
        return Place(where, "actions", f"{where.folder}/factor_files/{symbol}.csv")
    if feed.kind == "funding" and where.folder.startswith("cryptofuture/"):
        return Place(where, "funding", f"{where.folder}/margin_interest/{symbol}.csv")
    raise _none(where, feed.kind)


def days(folder: Path, name: str) -> list[date]:
    """Return the days that have a file, in order.

    Raises
    ------
    DataError
        If there is none.
    """
    pattern = re.compile(re.escape(name).replace(r"\{day\}", r"(\d{8})"))
    found = (pattern.fullmatch(path.name) for path in folder.glob("*.zip"))
    there = sorted(date.fromisoformat(match[1]) for match in found if match and _is_date(match[1]))
    if not there:
        raise DataError(folder / name, "must hold a file per day", "none", "put the archives there, or set data.cache")
    return there


def by_day(where: Place, there: Iterable[date], feed: Feed) -> list[Piece]:
    """Return a piece for every day of the range, from the first file to the last where it has no start or no end.

    A day without a file is a closed one: weekends and holidays have none.
    """
    first, last = min(there), max(there)
    if feed.start_ns is not None:
        first = instant(feed.start_ns).date() - _DAY
    if feed.end_ns is not None:
        last = instant(feed.end_ns).date() + _DAY
    span = (first + n * _DAY for n in range((last - first).days + 1))
    return [piece for piece in (_day_piece(where, day) for day in span) if wanted(piece, feed)]


def day_of(piece: Piece) -> date:
    """Return the day in a piece's name."""
    return date.fromisoformat(Path(piece.path).name[:8])


def _day_piece(where: Place, day: date) -> Piece:
    start, end = (midnight_ns(at, where.market.zone) for at in (day, day + _DAY))
    return Piece(where.path.format(day=f"{day:%Y%m%d}"), start, end, when_missing="closed")


def wanted(piece: Piece, feed: Feed) -> bool:
    """Return whether a piece meets the wanted range."""
    after = feed.start_ns is None or piece.end_ns > feed.start_ns
    return after and (feed.end_ns is None or piece.start_ns < feed.end_ns)


def _ticks(where: Market, kind: str, symbol: str) -> Place:
    known = {"forex": ("quotes",), "equity": ("quotes", "trades")}.get(where.folder.partition("/")[0], ())
    if kind not in known:
        raise _none(where, kind)
    return Place(where, "tick", f"{where.folder}/tick/{symbol}/{{day}}_{kind[:-1]}.zip")


def _bars(where: Market, interval: str, symbol: str) -> Place:
    if interval not in RESOLUTIONS:
        remedy = f"take one of {', '.join(RESOLUTIONS)}; the bars stage makes larger ones of them"
        raise ParamsError("data.interval", "the archives hold minutes, hours and days", interval, remedy)
    resolution, side = RESOLUTIONS[interval], where.bars
    if resolution == "minute":
        return Place(where, resolution, f"{where.folder}/minute/{symbol}/{{day}}_{side}.zip")
    named = f"{symbol}_{side}" if where.folder.startswith("crypto") else symbol
    return Place(where, resolution, f"{where.folder}/{resolution}/{named}.zip")


def _none(where: Market, kind: str) -> ParamsError:
    remedy = "ticks: forex, equity; actions: equity; funding: cryptofuture; ohlcv: all"
    return ParamsError("data.kind", f"the archives of {where.folder} must hold it", kind, remedy)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
