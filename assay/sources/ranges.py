"""Ranges as fixed windows: what is asked of a venue does not depend on where a range begins, so answers are kept."""

from __future__ import annotations

from assay.errors import ParamsError
from assay.market.zones import DAY_NS, SECOND_NS
from assay.sources.moments import YEARS
from assay.sources.venue import Feed

UNITS_NS = {"m": 60 * SECOND_NS, "h": 3_600 * SECOND_NS, "d": DAY_NS}
MOST_WINDOWS = 200_000
_LATEST_NS = (YEARS.stop - 1970) * 365 * DAY_NS


def period_ns(interval: str) -> int:
    """Return the length of an interval such as 15m, 1h or 1d."""
    return int(interval[:-1]) * UNITS_NS[interval[-1]]


def bounds(feed: Feed, remedy: str = "give both, such as 2024-01-01 and 2024-02-01") -> tuple[int, int]:
    """Return start and end of a range that must have both.

    Raises
    ------
    ParamsError
        If one of them is missing, with the remedy; or is before 1970, or too far ahead.
    """
    found = f"{feed.params.start} to {feed.params.end}"
    if feed.start_ns is None or feed.end_ns is None:
        raise ParamsError("data.start, data.end", f"{feed.params.source} is asked for a range", found, remedy)
    if feed.start_ns < 0 or feed.end_ns > _LATEST_NS:
        rule = f"ranges lie in 1970 to {YEARS[-1]}"
        raise ParamsError("data.start, data.end", rule, found, "change data.start and data.end")
    return feed.start_ns, feed.end_ns


def windows(feed: Feed, length_ns: int) -> list[tuple[int, int]]:
    """Return the windows that overlap a feed's range: (start, end), multiples of the length since 1970-01-01 UTC.

    Raises
    ------
    ParamsError
        If there are too many of them, or as in :func:`bounds`.
    """
    start_ns, end_ns = bounds(feed)
    first, last = start_ns // length_ns, -(-end_ns // length_ns)
    if last - first > MOST_WINDOWS:
        raise ParamsError("data.end", f"a range is {MOST_WINDOWS} requests at most", last - first, "take a shorter one")
    return [(i * length_ns, (i + 1) * length_ns) for i in range(first, last)]
