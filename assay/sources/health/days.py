"""The days of a history: the rows of each, and those on which the market was open and none came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from assay.market.calendars import Calendar
from assay.market.intervals import open_ns
from assay.market.zones import DAY_NS
from assay.types import Ints


def merged(
    parts: Sequence[Mapping[str, Any]], calendar: Calendar, least_ns: int, start_ns: int | None, end_ns: int | None
) -> dict[str, Any]:
    """Return the days of a history, UTC.

    Parameters
    ----------
    parts
        Parts that have rows: `days`, each a day since 1970-01-01 and its rows, and `step_ns`.
    calendar
        When the market is open.
    least_ns
        The shortest open time without a row that is a gap; 0 if rows come when something happens.
    start_ns, end_ns
        The wanted range, the end not included; None for all there is.

    Returns
    -------
    dict
        ``first``, a date; ``n_rows`` of this and all following days of the range; ``without_row``, the dates of those
        that have no row though they were open for a gap's time or longer: null where a day without one is nothing to
        wonder at, since rows come when something happens or last longer than a day.
    """
    by_day: Counter[int] = Counter()
    for one in parts:
        by_day.update(dict(one["days"]))
    first = min(by_day) if start_ns is None else min(*by_day, start_ns // DAY_NS)
    last = max(by_day) if end_ns is None else max(*by_day, (end_ns - 1) // DAY_NS)
    daily = least_ns > 0 and all(one["step_ns"] <= DAY_NS for one in parts)
    empty = np.array([day for day in range(first, last + 1) if daily and not by_day[day]], np.int64)
    missing = empty[_open_ns(empty, calendar, start_ns, end_ns) >= least_ns]
    return {
        "first": _date(first),
        "n_rows": [by_day[day] for day in range(first, last + 1)],
        "without_row": [_date(day) for day in missing.tolist()] if daily else None,
    }


def _open_ns(days: Ints, calendar: Calendar, start_ns: int | None, end_ns: int | None) -> Ints:
    """Return for how long the market was open on each day, as far as the range goes."""
    if not days.size:
        return days
    begin, end = days * DAY_NS, (days + 1) * DAY_NS
    begin = begin if start_ns is None else np.maximum(begin, start_ns)
    end = end if end_ns is None else np.minimum(end, end_ns)
    return open_ns(calendar.open_intervals(int(begin[0]), int(end[-1])), begin, end)


def _date(day: int) -> str:
    return str(np.datetime64(day, "D"))
