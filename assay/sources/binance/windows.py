"""Ranges as calendar months and days."""

from __future__ import annotations

from datetime import datetime, timedelta

from assay.market.zones import DAY_NS
from assay.sources.moments import EPOCH, instant_ns

DAY = timedelta(days=1)


def at(day: datetime) -> int:
    """Return midnight of a day as nanoseconds since 1970-01-01 UTC."""
    return instant_ns(day)


def days(start_ns: int, end_ns: int) -> list[datetime]:
    """Return the days that overlap a range, in order."""
    return [EPOCH + n * DAY for n in range(start_ns // DAY_NS, -(-end_ns // DAY_NS))]


def month(day: datetime) -> tuple[datetime, datetime]:
    """Return the first day of a day's month, and of the next."""
    first = day.replace(day=1)
    return first, (first + 31 * DAY).replace(day=1)


def whole_months(start_ns: int, end_ns: int) -> list[tuple[datetime, datetime, bool]]:
    """Return the months that lie in a range as (first day, first day after, True), other days as (day, next, False).

    Only the range decides, never the clock: what is asked for is the same on any day.
    """
    parts: list[tuple[datetime, datetime, bool]] = []
    for day in days(start_ns, end_ns):
        first, after = month(day)
        if parts and day < parts[-1][1]:
            continue
        whole = start_ns <= at(first) and at(after) <= end_ns
        parts.append((first, after, True) if whole else (day, day + DAY, False))
    return parts
