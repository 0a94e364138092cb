"""Polars: scan and sink of one file, without checks."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from bench.csv_input import FILE, SCHEMA, TEXT
from bench.sides.csv_ticks_polars import PACKAGES, answer, prepare, sunk

__all__ = ["PACKAGES", "answer", "prepare", "work"]


def work(folder: Path) -> Path:
    """Write the rows with times read from text; return where."""
    rows = pl.scan_csv(folder / FILE, schema={"time": pl.String, **SCHEMA})
    return sunk(rows.with_columns(pl.col("time").str.to_datetime(TEXT)), folder)
