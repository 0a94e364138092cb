"""The sessions of exchanges, as the package ``exchange_calendars`` knows them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import Any

import numpy as np

from assay.errors import DataError
from assay.types import Ints, T

_ALONE = Lock()
"""Warnings are switched off for the whole process, so one thread at a time does it."""


@cache
def sessions(code: str, first_year: int, end_year: int) -> Ints:
    """Return the sessions of an exchange, cut at their breaks, from a week before some years to a week after."""
    schedule = _schedule(code, f"{first_year - 1}-12-25", f"{end_year}-01-08")
    if isinstance(schedule, ValueError):
        schedule = _schedule(code, f"{first_year}-01-01", f"{end_year - 1}-12-31")
    if isinstance(schedule, ValueError):
        raise DataError(f"data.calendar {code}", "must know the years of the data", schedule, "set 24/7 or 24/5")
    columns = {name: schedule[name].dt.tz_localize(None).to_numpy("datetime64[ns]") for name in schedule}
    whole = np.isnat(columns["break_start"])
    morning = np.where(whole, columns["close"], columns["break_start"])
    afternoon = np.where(whole, columns["close"], columns["break_end"])
    edges = np.column_stack((columns["open"], morning, afternoon, columns["close"])).astype(np.int64)
    pairs = edges.reshape(-1, 2)
    return pairs[pairs[:, 0] < pairs[:, 1]]


def _schedule(code: str, start: str, end: str) -> Any:
    """Return the table of sessions, pandas, or what the package says of days whose holidays it does not know."""
    try:
        return asked(code, start, end, lambda calendar: calendar.schedule)
    except ValueError as error:
        return error


def asked(code: str, start: str, end: str, question: Callable[[Any], T]) -> T:
    """Return what the package's calendar of an exchange over some days answers.

    The package uses pandas in a way that pandas will change; its versions are locked.

    Raises
    ------
    ValueError
        If it does not know the holidays of these days.
    """
    with _ALONE, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return question(_package().get_calendar(code, start=start, end=end))


@cache
def codes() -> frozenset[str]:
    """Return the codes of all exchanges, other names of them included."""
    return frozenset(_package().get_calendar_names(include_aliases=True))


@cache
def zone_of(code: str) -> str:
    """Return the time zone of an exchange."""
    return str(asked(code, "2020-01-01", "2020-12-31", lambda calendar: calendar.tz))


def _package() -> Any:
    """Return exchange_calendars, whose import takes half a second, for those who need it."""
    import exchange_calendars  # type: ignore[import-untyped]  # noqa: PLC0415 - as the summary says

    return exchange_calendars
