"""Ours: bytes as served to a frame of quotes."""

from __future__ import annotations

from pathlib import Path

import polars as pl

import stages  # noqa: F401 - as every stage begins
from assay.sources.dukascopy import bi5
from bench.bi5_input import HOUR, read, told

PACKAGES = ("numpy", "polars")


def prepare(folder: Path) -> list[bytes]:
    """Read the files, and decode one."""
    files = read(folder)
    work(files[:1])
    return files


def work(files: list[bytes]) -> list[pl.DataFrame]:
    """Decode each hour."""
    return [bi5.decode(raw, HOUR, 1e5, "bench") for raw in files]


def answer(hours: list[pl.DataFrame]) -> dict[str, float]:
    """Return the number of rows."""
    return {"n_rows": told(hours)["n_rows"]}
