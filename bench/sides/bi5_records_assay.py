"""Ours: records to a frame of quotes."""

from __future__ import annotations

from pathlib import Path

import polars as pl

import stages  # noqa: F401 - as every stage begins
from assay.sources.dukascopy import bi5
from bench.bi5_input import HOUR, all_records, decoded

PACKAGES = ("numpy", "polars")


def prepare(folder: Path) -> list[bytes]:
    """Unpack the files, and decode one."""
    contents = all_records(folder)
    work(contents[:1])
    return contents


def work(contents: list[bytes]) -> tuple[int, pl.DataFrame]:
    """Decode the records of each file."""
    return decoded(contents, lambda content: bi5.quotes(content, HOUR, 1e5, "bench"))


def answer(found: tuple[int, pl.DataFrame]) -> dict[str, float]:
    """Return the number of rows, and a figure of the last table."""
    n_rows, table = found
    return {"n_rows": n_rows, "bids": float(table["bid"].sum())}
