"""The exchange's year: holidays and early closes as they were known beforehand, and the place in month and year."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import numpy as np

from assay.features.cycles import CYCLES, by_day
from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.params.time import CalendarParams
from assay.features.time import minutes_to_end
from assay.market import calendars, holidays, session_days
from assay.market.calendars import MINUTE_NS, Calendar
from assay.market.holidays import Holidays
from assay.market.session_days import FAR
from assay.types import Flags, Floats, Ints

_feature = partial(Feature, "calendar", lookback=1)

_ARIEL = "Ariel 1990; holidays by rule of exchange_calendars"
_FRENCH = "French 1980; holidays by rule of exchange_calendars"
_DAYS, _FLAG = "calendar days", "0 or 1"
_OfDays: TypeAlias = Callable[[Ints, Holidays], Ints | Flags]


def features(params: CalendarParams) -> list[Feature]:
    """Return the entries of the group.

    Notes
    -----
    A holiday to come is known when a rule gives it. A closing that no rule gives (a storm, a day of mourning, a lunar
    holiday) counts only once it is past, and an early close that no rule gives never.
    """
    exchange = params.exchange
    return [*_of_holidays(exchange), *_of_sessions(exchange), *_of_the_day(exchange), *CYCLES]


def calendar(x: Inputs, exchange: str) -> Calendar:
    """Return the open hours of the market, or of an exchange."""
    return calendars.calendar(exchange, x.instrument, where="features.calendar.exchange")


def told(x: Inputs, exchange: str) -> Holidays:
    """Return the holidays around the years of the bars."""
    return x.once(f"holidays {exchange}", lambda: _around(x, calendar(x, exchange).exchange))


def minutes_to_close(x: Inputs, known: Holidays) -> Floats:
    """Return minutes to the end of the session, or to the early close of its day if that is sooner."""
    early = np.append(known.early, -1)
    place = np.searchsorted(known.early, x.session_day)
    ends_ns = np.append(known.early_ns, 0)[place]
    to_early = np.where(early[place] == x.session_day, (ends_ns - x.closed_ns) / MINUTE_NS, np.inf)
    return np.minimum(to_early, minutes_to_end(x))


def _around(x: Inputs, code: str) -> Holidays:
    if not code:
        return holidays.none(weekend=x.hours.weekend_trading)
    years = x.session_day[[0, -1]].astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    return holidays.of_exchange(code, int(years[0]), int(years[1]) + 1)


def _of_days(exchange: str, name: str, text: str, unit: str, reference: str, tell: _OfDays) -> Feature:
    """Return a feature of the trading day and the holidays around it."""

    def function(x: Inputs) -> Floats:
        return by_day(x, lambda day: tell(day, told(x, exchange)))

    return _feature(name=name, definition=text, unit=unit, function=function, reference=reference)


def _of_holidays(exchange: str) -> list[Feature]:
    of = partial(_of_days, exchange)
    return [
        of(
            "days_to_holiday",
            f"days to the exchange's next planned holiday, 0 on one, at most {FAR}",
            _DAYS,
            _ARIEL,
            session_days.to_holiday,
        ),
        of(
            "days_from_holiday",
            f"days since the exchange was last closed on a weekday, 0 on a planned holiday, at most {FAR}",
            _DAYS,
            _ARIEL,
            session_days.from_holiday,
        ),
        of(
            "is_before_holiday",
            "1 where a planned holiday lies between this session and the next",
            _FLAG,
            _ARIEL,
            lambda day, known: session_days.any_between(known.planned, day, session_days.next_session(day, known)),
        ),
        of(
            "is_after_holiday",
            "1 where the exchange was closed on a weekday between the last session and this one",
            _FLAG,
            _ARIEL,
            lambda day, known: session_days.any_between(known.closed, session_days.last_session(day, known), day),
        ),
    ]


def _of_sessions(exchange: str) -> list[Feature]:
    of = partial(_of_days, exchange)
    return [
        of(
            "days_to_session",
            "days to the next session by the plan: 1, over a weekend 3",
            _DAYS,
            _FRENCH,
            lambda day, known: session_days.next_session(day, known) - day,
        ),
        of(
            "days_from_session",
            "days since the last session",
            _DAYS,
            _FRENCH,
            lambda day, known: day - session_days.last_session(day, known),
        ),
        of(
            "is_early_close",
            "1 where the exchange closes early on this day by a rule",
            _FLAG,
            "exchange_calendars",
            lambda day, known: np.isin(day, known.early),
        ),
    ]


def _of_the_day(exchange: str) -> list[Feature]:
    return [
        _feature(
            name="minutes_to_close",
            definition="minutes to the session's end, or to an early close by rule if sooner; below 0 after that",
            unit="minutes",
            function=lambda x: minutes_to_close(x, told(x, exchange)),
            reference="the market's hours; exchange_calendars",
        ),
        _feature(
            name="is_exchange_open",
            definition="1 where the bar ends inside the exchange's hours, holidays and early closes left out",
            unit=_FLAG,
            function=lambda x: calendar(x, exchange).is_open(x.closed_ns - 1).astype(np.float64),
            reference="exchange_calendars",
        ),
    ]
