"""Instants of tables as numbers."""

from __future__ import annotations

import polars as pl

from assay.errors import DataError
from assay.tables.table import TIME
from assay.types import Ints, read_only


def nanoseconds(table: pl.DataFrame, name: str) -> Ints:
    """Return a column of instants as ns since 1970-01-01 UTC, shape (n,), read-only, whatever its unit and zone.

    Frames that users make are in microseconds unless they say otherwise: taken as they are, all of them would lie in
    1970, before everything, and be known to everyone. Instants without a zone are UTC.

    Raises
    ------
    DataError
        If the column holds anything but instants, or one is missing or of a year that 64 bits of nanoseconds cannot
        hold.
    """
    given = table.get_column(name)
    if not isinstance(given.dtype, pl.Datetime):
        raise DataError(name, "must hold instants", str(given.dtype), "give it the type Datetime")
    instants = given.cast(TIME, strict=False)
    if instants.null_count():
        found = f"no such instant in row {int(instants.is_null().arg_max() or 0)}"
        raise DataError(name, "must hold instants of 1678 to 2261", found, "correct or leave out the row")
    return read_only(instants.cast(pl.Int64).to_numpy())
