"""Dates and times as parameters: ISO text, whether or not YAML was given quotes around it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
YEARS = range(1678, 2262)
"""Years whose every instant is an int64 of nanoseconds."""


def nanoseconds(moment: str) -> int:
    """Return an ISO date or time as nanoseconds since 1970-01-01 UTC; UTC where it names no offset."""
    at = datetime.fromisoformat(moment)
    gone = (at if at.tzinfo else at.replace(tzinfo=UTC)) - EPOCH
    return ((gone.days * 86_400 + gone.seconds) * 1_000_000 + gone.microseconds) * 1_000


def _as_text(value: object) -> object:
    """Return YAML's unquoted dates and times as text again."""
    return value.isoformat() if isinstance(value, date) else value


def _moment(value: str) -> str:
    if value != "all":
        datetime.fromisoformat(value)
    return value


def _day(value: str) -> str:
    if date.fromisoformat(value).year not in YEARS:
        raise ValueError(f"years are {YEARS.start} to {YEARS[-1]}")
    return value


Moment = Annotated[str, BeforeValidator(_as_text), AfterValidator(_moment)]
"""``all``, or an ISO date or time."""

Day = Annotated[str, BeforeValidator(_as_text), AfterValidator(_day)]
"""An ISO date."""
