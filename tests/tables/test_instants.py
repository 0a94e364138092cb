"""Instants of any unit and zone are the same nanoseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from assay.bars import ticks
from assay.tables.instants import nanoseconds

AT = [
    datetime(2024, 3, 31, 0, 59, tzinfo=UTC),
    datetime(1969, 12, 31, 23, tzinfo=UTC),
    datetime(2024, 3, 31, 1, tzinfo=UTC),
]
NS = [int((at - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1)) * 1_000 for at in AT]


@pytest.mark.parametrize("unit", ["ns", "us", "ms"])
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", None])
def test_the_same_instants_whatever_the_unit_and_the_zone(unit, zone):
    instants = pl.Series("at", AT).dt.cast_time_unit(unit)
    column = instants.dt.replace_time_zone(None) if zone is None else instants.dt.convert_time_zone(zone)
    assert nanoseconds(column.to_frame(), "at").tolist() == NS


def test_ticks_of_microseconds_are_those_of_nanoseconds():
    frame = pl.DataFrame({"time": AT, "price": [1.0] * 3, "size": [1.0] * 3, "side": [1] * 3})
    assert frame["time"].dtype == pl.Datetime("us", "UTC")
    assert ticks.columns(frame).time_ns.tolist() == NS
