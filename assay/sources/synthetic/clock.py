"""A clock that runs on weekdays only."""

from __future__ import annotations

from datetime import date

from assay.market.zones import DAY_NS
from assay.types import Ints

_MONDAY = -3  # 1969-12-29, in days since 1970-01-01


def weekday_time(elapsed_ns: Ints, first_day: str) -> Ints:
    """Return UTC instants, given the time that passed while the market was open.

    Parameters
    ----------
    elapsed_ns
        Shape (n,). Nanoseconds of open market since the start of the first day, 0 or more.
    first_day
        ISO date; a Saturday or Sunday stands for the Monday after it.

    Returns
    -------
    Ints
        Shape (n,). Nanoseconds since 1970-01-01 UTC, on Mondays to Fridays only.
    """
    since_monday = (date.fromisoformat(first_day) - date(1970, 1, 1)).days - _MONDAY
    weeks, weekday = divmod(since_monday, 7)
    n_open = weeks * 5 + min(weekday, 5) + elapsed_ns // DAY_NS
    return (n_open // 5 * 7 + n_open % 5 + _MONDAY) * DAY_NS + elapsed_ns % DAY_NS
