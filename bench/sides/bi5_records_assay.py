"""Ours: records to a frame of quotes."""

from __future__ import annotations

from pathlib import Path

import polars as pl

import stages  # noqa: F401 - as every stage begins
from assay.sources.dukascopy import bi5
from bench.bi5_input import HOUR, read, told, unpacked

PACKAGES = ("numpy", "polars")


def prepare(folder: Path) -> list[bytes]:
    """Unpack the files, and decode one."""
    contents = [unpacked(raw) for raw in read(folder)]
    work(contents[:1])
    return contents


def work(contents: list[bytes]) -> list[pl.DataFrame]:
    """Decode the records of each hour."""
    return [bi5.quotes(content, HOUR, 1e5, "bench") for content in contents]


def answer(hours: list[pl.DataFrame]) -> dict[str, float]:
    """Return figures of the hours."""
    return told(hours)
