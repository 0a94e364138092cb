"""How far a trading day is from holidays and from the sessions before and after it."""

from __future__ import annotations

from typing import Literal

import numpy as np

from assay.market.holidays import Holidays
from assay.types import Flags, Ints

FAR = 30
"""Days after which a holiday is as good as none."""


def to_holiday(day: Ints, told: Holidays) -> Ints:
    """Return days to the next planned holiday, 0 on one, at most ``FAR``, shape (n,).

    Parameters
    ----------
    day
        Trading days, days since 1970-01-01, shape (n,), in any order.
    told
        Holidays around these days.
    """
    following = np.append(told.planned, np.iinfo(np.int64).max)[np.searchsorted(told.planned, day)]
    return np.minimum(following, day + FAR) - day


def from_holiday(day: Ints, told: Holidays) -> Ints:
    """Return days since the last closing, planned or not, 0 on a planned one, at most ``FAR``, shape (n,)."""
    last = np.maximum(_last_before(told.planned, day + 1), _last_before(told.unplanned, day))
    return day - np.maximum(last, day - FAR)


def next_session(day: Ints, told: Holidays) -> Ints:
    """Return the next day with a session by the plan, shape (n,)."""
    return _moved(day, 1, told.weekdays, told.planned, "preceding")


def last_session(day: Ints, told: Holidays) -> Ints:
    """Return the last day with a session before each day, shape (n,)."""
    return _moved(day, -1, told.weekdays, told.closed, "following")


def any_between(days: Ints, after: Ints, before: Ints) -> Flags:
    """Return whether one of some days lies between two others, shape (n,)."""
    return np.searchsorted(days, before) > np.searchsorted(days, after, side="right")


def _last_before(days: Ints, day: Ints) -> Ints:
    """Return the last of some days before each day, or one long ago."""
    return np.append(np.iinfo(np.int32).min, days)[np.searchsorted(days, day)]


def _moved(day: Ints, n: int, weekdays: str, closed: Ints, roll: Literal["preceding", "following"]) -> Ints:
    """Return the days that lie some open days later."""
    dates, off = day.astype("datetime64[D]"), closed.astype("datetime64[D]")
    return np.busday_offset(dates, n, roll=roll, weekmask=weekdays, holidays=off).astype(np.int64)
