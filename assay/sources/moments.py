"""Instants: as nanoseconds, as times, and as ISO text in params, whether or not YAML was given quotes around it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
YEARS = range(1678, 2262)
"""Years whose every instant is an int64 of nanoseconds."""


def instant(time_ns: int) -> datetime:
    """Return nanoseconds since 1970-01-01 UTC as a time, rounded down to the microsecond."""
    return EPOCH + timedelta(microseconds=time_ns // 1_000)


def instant_ns(at: datetime) -> int:
    """Return a time, which names its offset, as nanoseconds since 1970-01-01 UTC."""
    return (at - EPOCH) // timedelta(microseconds=1) * 1_000


def nanoseconds(moment: str) -> int:
    """Return an ISO date or time as nanoseconds since 1970-01-01 UTC; UTC where it names no offset."""
    at = datetime.fromisoformat(moment)
    return instant_ns(at if at.tzinfo else at.replace(tzinfo=UTC))


def _as_text(value: object) -> object:
    """Return YAML's unquoted dates and times as text again."""
    return value.isoformat() if isinstance(value, date) else value


def _moment(value: str) -> str:
    if value != "all":
        _refuse_far(datetime.fromisoformat(value))
    return value


def _day(value: str) -> str:
    _refuse_far(date.fromisoformat(value))
    return value


def _refuse_far(day: date) -> None:
    if day.year not in YEARS:
        raise ValueError(f"years are {YEARS.start} to {YEARS[-1]}")


Moment = Annotated[str, BeforeValidator(_as_text), AfterValidator(_moment)]
"""``all``, or an ISO date or time."""

Day = Annotated[str, BeforeValidator(_as_text), AfterValidator(_day)]
"""An ISO date."""
