"""Months: the parts in which a history is kept, cut by UTC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple

import polars as pl

from assay.sources.moments import EPOCH

_SECOND = 1_000_000_000


class Month(NamedTuple):
    """One month: ``YYYY-MM``, and its range in nanoseconds since 1970-01-01 UTC, the end not included."""

    name: str
    start_ns: int
    end_ns: int


def month_of(at_ns: int) -> Month:
    """Return the month of an instant."""
    at = datetime.fromtimestamp(at_ns // _SECOND, UTC)
    return _month(at.year, at.month)


def months(start_ns: int, end_ns: int) -> Iterator[Month]:
    """Yield the months of a range, the end not included, in order."""
    month = month_of(start_ns)
    while month.start_ns < end_ns:
        yield month
        month = month_of(month.end_ns)


def clipped(month: Month, start_ns: int | None, end_ns: int | None) -> Month:
    """Return what of a month lies in a range; None stands for all there is."""
    first_ns = month.start_ns if start_ns is None else max(start_ns, month.start_ns)
    return Month(month.name, first_ns, month.end_ns if end_ns is None else min(end_ns, month.end_ns))


def span(start_ns: int, end_ns: int) -> tuple[int, int]:
    """Return the range of all months of a range, the ends not included."""
    return month_of(start_ns).start_ns, month_of(end_ns - 1).end_ns


def within(clock: str, range_ns: tuple[int, int]) -> pl.Expr:
    """Tell of rows whether they lie in a range, by the column ``clock``; those without a time do."""
    return pl.col(clock).to_physical().is_between(*range_ns, closed="left").fill_null(value=True)


def parted(frames: Iterable[pl.DataFrame], clock: str) -> Iterator[tuple[Month, Iterator[pl.DataFrame]]]:
    """Yield each month with its rows, from frames in order of the column ``clock``; take one month after the other."""
    parts = (part for frame in frames if frame.height for part in _by_month(frame, clock))
    for at, group in groupby(parts, key=lambda part: part[0]):
        yield month_of(at), (part for _, part in group)


def _by_month(frame: pl.DataFrame, clock: str) -> Iterator[tuple[int, pl.DataFrame]]:
    """Yield (first instant, rows) of each month of a frame; most frames lie in one."""
    time = frame[clock].to_physical()
    month = month_of(time[0])
    if time[-1] < month.end_ns:
        yield month.start_ns, frame
    else:
        start = pl.col(clock).dt.truncate("1mo").to_physical().alias("month")
        yield from ((at, part) for (at,), part in frame.group_by(start, maintain_order=True))


def _month(year: int, month: int) -> Month:
    first = datetime(year, month, 1, tzinfo=UTC)
    after = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    start_ns, end_ns = ((at - EPOCH).days * 86_400 * _SECOND for at in (first, after))
    return Month(f"{year:04d}-{month:02d}", start_ns, end_ns)
