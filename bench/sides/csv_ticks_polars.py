"""Polars: scan and sink of one file, without checks."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from bench.csv_input import FILE, SCHEMA, told

PACKAGES = ("polars",)


def prepare(folder: Path) -> Path:
    """Return where the file is."""
    (folder / "polars").mkdir()
    return folder


def work(folder: Path) -> Path:
    """Write the rows with times of milliseconds; return where."""
    rows = pl.scan_csv(folder / FILE, schema={"time": pl.Int64, **SCHEMA})
    return sunk(rows.with_columns(pl.from_epoch("time", "ms")), folder)


def sunk(rows: pl.LazyFrame, folder: Path) -> Path:
    """Write rows as Parquet; return where."""
    rows.sink_parquet(folder / "polars" / "all.parquet", compression="zstd", compression_level=3)
    return folder / "polars"


def answer(into: Path) -> dict[str, float]:
    """Return figures of the table."""
    return told(into)
