"""Times on a market's own clock -> UTC."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from assay.market.zones import zone
from assay.sources.decode.refusals import refuse
from assay.sources.moments import YEARS, instant_ns
from assay.tables.table import TIME


def midnight_ns(day: date, name: str) -> int:
    """Return the instant at which a day begins on a zone's clock, ns since 1970-01-01 UTC."""
    return instant_ns(datetime(day.year, day.month, day.day, tzinfo=zone(name)))


def utc(wall: pl.Series, name: str, where: str) -> pl.Series:
    """Return wall times as UTC.

    Raises
    ------
    DataError
        If the clock skips one of them or shows it twice, or a year lies outside the table's range.
    """
    inside = wall.dt.year().is_between(YEARS.start + 1, YEARS[-1] - 1)
    times = wall.set(~inside, None).dt.replace_time_zone(name, ambiguous="null", non_existent="null")
    refuse(times.is_null(), wall.cast(pl.String), f"clocks in {name} show each time exactly once", where, "mend it")
    return times.dt.convert_time_zone("UTC").cast(TIME)
