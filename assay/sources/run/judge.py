"""The health of one feed's history, and what of it is refused."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from assay.errors import DataError
from assay.sources.health import foresight
from assay.sources.health.report import merged
from assay.sources.months.file import calendar_of
from assay.sources.run.fetched import Fetched


def judged(fetched: Fetched) -> dict[str, Any]:
    """Return the health of a history, with its label (`source`) and symbol, and the columns that know the future.

    Raises
    ------
    DataError
        If its clock contradicts the calendar, or a column knows the future, and ``data.rules`` refuse that.
    """
    feed = fetched.feed
    health = merged(
        fetched.parts,
        feed.kind,
        calendar_of(feed),
        {name: n for name, n in fetched.rules.items() if n and name not in ("rows_in", "rows_out")},
        fetched.rules["rows_in"],
        feed.start_ns,
        feed.end_ns,
    )
    if feed.params.rules.clock == "refuse":
        _refuse_clock(health["clock"], feed.name)
    if feed.params.rules.look_ahead == "refuse":
        foresight.refuse(fetched.look_ahead, feed.name)
    health["look_ahead"] = [asdict(one) for one in fetched.look_ahead]
    health["findings"] += [foresight.told(one) for one in fetched.look_ahead]
    if fetched.instead:
        why = "these rows are not from {instead_of}, which was asked first and failed: {because}"
        health["findings"].insert(0, why.format(**fetched.instead))
    return {"source": feed.label, "symbol": feed.symbol, **health}


def _refuse_clock(clock: dict[str, Any], where: str) -> None:
    seasons = {**clock["by_calendar"], "funding": clock.get("by_funding", {})}
    shifts = {name: found["shift_hours"] for name, found in seasons.items() if found.get("shift_hours")}
    if shifts:
        found = ", ".join(f"{name}: {hours:+g} h would fit" for name, hours in shifts.items())
        raise DataError(where, "the clock agrees with the calendar", found, "set data.time_zone or data.calendar")
