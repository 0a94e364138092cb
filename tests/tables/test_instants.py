"""Instants of any unit and zone are the same nanoseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from assay.bars import ticks
from assay.errors import DataError
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


def test_tables_of_parts_and_without_rows_and_no_one_can_write_to_it():
    one = pl.DataFrame({"at": AT})
    for table, expected in ((pl.concat([one, one], rechunk=False), NS + NS), (one.clear(), []), (one, NS)):
        found = nanoseconds(table, "at")
        assert (found.dtype, found.tolist()) == (np.int64, expected)
        assert not found.flags.writeable


@pytest.mark.parametrize(
    ("column", "found"),
    [
        (pl.Series(NS), "Int64"),
        (pl.Series(AT).dt.date(), "Date"),
        (pl.Series(["2024-01-01"]), "String"),
        (pl.Series([AT[0], None]), "no such instant in row 1"),
        (pl.Series([AT[0], datetime(9999, 12, 31, tzinfo=UTC)]), "no such instant in row 1"),
    ],
)
def test_what_is_no_instant_is_refused_with_its_row(column, found):
    with pytest.raises(DataError, match=rf"at: must hold instants.*; found {found}; "):
        nanoseconds(pl.DataFrame({"at": column}), "at")


def test_ticks_of_microseconds_are_those_of_nanoseconds():
    frame = pl.DataFrame({"time": AT, "price": [1.0] * 3, "size": [1.0] * 3, "side": [1] * 3})
    assert frame["time"].dtype == pl.Datetime("us", "UTC")
    assert ticks.columns(frame).time_ns.tolist() == NS
