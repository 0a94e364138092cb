"""Features: one row per bar, causal columns only, single precision."""

from __future__ import annotations

import polars as pl

from assay.tables.table import TIME, Column, Table

FEATURES = Table(
    "features",
    {
        "symbol": Column(pl.String, "instrument"),
        "ordinal": Column(pl.Int64, "the bar at whose close the features are known"),
        "closed_at": Column(TIME, "that close"),
    },
    more=Column(pl.Float32, "a feature; NaN until its first valid row", nan=True),
)
