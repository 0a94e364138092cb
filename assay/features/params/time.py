"""Parameters of the groups that look at the clock."""

from __future__ import annotations

from pydantic import Field

from assay.features.params.group import GroupParams


class TimeParams(GroupParams):
    """Where in the day, the week and the session a bar closes."""


class ClockParams(GroupParams):
    """Hour and day of the week as plain numbers, and whether the market is open."""

    enabled: bool = Field(default=False, description="Build the group.")


class CalendarParams(GroupParams):
    """Holidays and early closes of the exchange, and the place in month and year."""

    enabled: bool = Field(default=False, description="Build the group.")
    exchange: str = Field(
        "auto",
        description="Whose holidays: an exchange's code such as XNYS or CMES; 24/5 or 24/7 for none; auto = by "
        "instrument.",
    )
