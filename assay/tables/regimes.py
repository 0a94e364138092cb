"""Regimes: forward-filtered state probabilities, one row per bar."""

from __future__ import annotations

import polars as pl

from assay.tables.table import TIME, Column, Table

REGIMES = Table(
    "regimes",
    {
        "symbol": Column(pl.String, "instrument"),
        "ordinal": Column(pl.Int64, "the bar at whose close the probabilities are known"),
        "closed_at": Column(TIME, "that close"),
    },
    more=Column(pl.Float32, "P(state | bars so far), states by rising variance; NaN until observed", nan=True),
)
