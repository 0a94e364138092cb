"""Holidays and early closes of exchanges: those that were known beforehand, and the closings that nobody planned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from typing import Any

import numpy as np

from assay.market import exchanges, zones
from assay.types import Ints

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Holidays:
    """Days of an exchange on which it does not open, or not for as long as usual.

    Parameters
    ----------
    weekdays
        Which days of the week it opens, Monday first, such as ``1111100``.
    planned
        Weekdays on which it is closed by a rule, days since 1970-01-01, rising: they could be known beforehand.
    unplanned
        Other weekdays on which it was closed, rising: storms, days of mourning, and holidays that follow no rule.
    early
        Days that end early by a rule, rising.
    early_ns
        Their ends, ns UTC.
    """

    weekdays: str
    planned: Ints
    unplanned: Ints
    early: Ints
    early_ns: Ints

    @cached_property
    def closed(self) -> Ints:
        """All weekdays without a session, planned or not, rising."""
        return np.union1d(self.planned, self.unplanned)


def none(*, weekend: bool) -> Holidays:
    """Return the holidays of a market that has none, open on weekends or not."""
    no = np.zeros(0, np.int64)
    return Holidays("1111111" if weekend else "1111100", no, no, no, no)


@cache
def of_exchange(code: str, first_year: int, end_year: int) -> Holidays:
    """Return the holidays of an exchange from the year before some years to the year after them.

    Notes
    -----
    The rules of ``exchange_calendars`` tell of days to come what was known beforehand. Its lists of other closings do
    not tell when they were announced, so none of these counts as planned, even where it was (lunar holidays in Asia).
    """
    first, last = date(first_year - 1, 1, 1), date(end_year, 12, 31)

    def question(calendar: Any) -> Holidays:
        opens = np.array([int(day) for day in calendar.weekmask], np.bool_)
        planned = _dates(calendar.regular_holidays, first, last)
        planned, others = planned[opens[_weekday(planned)]], _others(calendar, first, last)
        early = _early(calendar, lambda days: np.setdiff1d(days[opens[_weekday(days)]], planned), first, last)
        days = np.array(sorted(early), np.int64)
        ends = np.array([early[day] for day in days.tolist()], np.int64)
        return Holidays(calendar.weekmask, planned, np.setdiff1d(others[opens[_weekday(others)]], planned), days, ends)

    return exchanges.asked(code, "2020-01-01", "2020-12-31", question)


def _others(calendar: Any, first: date, last: date) -> Ints:
    found = {date.fromisoformat(str(stamp)[:10]) for stamp in calendar.adhoc_holidays}
    return np.array(sorted(_number(day) for day in found if first <= day <= last), np.int64)


def _early(calendar: Any, sessions: Callable[[Ints], Ints], first: date, last: date) -> dict[int, int]:
    """Return the ends, ns UTC, of the sessions that end early, by day; of two rules for a day the first one's."""
    found: dict[int, int] = {}
    for at, rule in calendar.special_closes:
        for day in sessions(_dates(rule, first, last)).tolist():
            found.setdefault(day, _instant(day, at, str(calendar.tz)))
    return found


def _dates(rule: Any, first: date, last: date) -> Ints:
    """Return the days that a rule of the package means, rising: a calendar of pandas, a day of the week, or none."""
    if rule is None:
        return np.zeros(0, np.int64)
    if isinstance(rule, int):
        days = np.arange(_number(first), _number(last) + 1)
        return days[_weekday(days) == rule]
    found = rule.holidays(first.isoformat(), last.isoformat())
    return np.unique(np.array([_number(stamp.date()) for stamp in found], np.int64))


def _weekday(days: Ints) -> Ints:
    return (days + zones.THURSDAY_1970) % 7


def _number(day: date) -> int:
    return (day - _EPOCH).days


def _instant(day: int, at: time, zone: str) -> int:
    """Return the UTC instant of a local time of a day, ns."""
    moment = datetime.combine(_EPOCH + timedelta(days=day), at, zones.zone(zone))
    return int(moment.timestamp()) * zones.SECOND_NS
