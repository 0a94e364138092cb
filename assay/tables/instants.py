"""Instants of tables as numbers."""

from __future__ import annotations

import polars as pl

from assay.types import Ints


def nanoseconds(table: pl.DataFrame, name: str) -> Ints:
    """Return a column of instants as ns since 1970-01-01 UTC, shape (n,), whatever its unit and zone; not to write to.

    Frames that users make are in microseconds unless they say otherwise: taken as they are, all of them would lie in
    1970, before everything, and be known to everyone.
    """
    return table.get_column(name).cast(pl.Datetime("ns", "UTC")).cast(pl.Int64).to_numpy()
