"""Ours: records to a frame of candles."""

from __future__ import annotations

from pathlib import Path

import polars as pl

import stages  # noqa: F401 - as every stage begins
from assay.sources.dukascopy import bi5
from bench.bi5_input import MINUTES, read, unpacked

PACKAGES = ("numpy", "polars")


def prepare(folder: Path) -> list[bytes]:
    """Unpack the files, and decode one."""
    contents = [unpacked(raw) for raw in read(folder)]
    work(contents[:1])
    return contents


def work(contents: list[bytes]) -> tuple[int, pl.DataFrame]:
    """Decode the records of each day, and let the day before go, as a fetch does."""
    n_rows, day = 0, pl.DataFrame()
    for content in contents:
        day = bi5.candled(content, *MINUTES)
        n_rows += day.height
    return n_rows, day


def answer(found: tuple[int, pl.DataFrame]) -> dict[str, float]:
    """Return the number of rows, and a figure of the last day."""
    n_rows, day = found
    return {"n_rows": n_rows, "closes": float(day["close"].sum())}
