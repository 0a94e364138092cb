"""Ours: records to a frame of quotes."""

from __future__ import annotations

from pathlib import Path

import polars as pl

import stages  # noqa: F401 - as every stage begins
from assay.sources.dukascopy import bi5
from bench.bi5_input import HOUR, read, unpacked

PACKAGES = ("numpy", "polars")


def prepare(folder: Path) -> list[bytes]:
    """Unpack the files, and decode one."""
    contents = [unpacked(raw) for raw in read(folder)]
    work(contents[:1])
    return contents


def work(contents: list[bytes]) -> tuple[int, pl.DataFrame]:
    """Decode the records of each hour, and let the hour before go, as a fetch does."""
    n_rows, hour = 0, pl.DataFrame()
    for content in contents:
        hour = bi5.quotes(content, HOUR, 1e5, "bench")
        n_rows += hour.height
    return n_rows, hour


def answer(found: tuple[int, pl.DataFrame]) -> dict[str, float]:
    """Return the number of rows, and a figure of the last hour."""
    n_rows, hour = found
    return {"n_rows": n_rows, "bids": float(hour["bid"].sum())}
