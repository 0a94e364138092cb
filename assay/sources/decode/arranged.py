"""The last step of a decoder: columns of any names -> the rows of a kind's table."""

from __future__ import annotations

import polars as pl

from assay.tables.kinds import TABLES, Kind


def arranged(frame: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    """Return the columns of the kind's table, in its order and types; without `flags` every row gets 0.

    Times may be whole numbers of nanoseconds since 1970-01-01 UTC.
    """
    schema = TABLES[kind].empty().schema
    if "flags" in schema and "flags" not in frame.columns:
        frame = frame.with_columns(pl.lit(0, pl.UInt16).alias("flags"))
    return frame.select(pl.col(name).cast(dtype) for name, dtype in schema.items())
