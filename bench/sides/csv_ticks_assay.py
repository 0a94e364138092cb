"""Ours: what the stage fetch does for a feed of files."""

from __future__ import annotations

from pathlib import Path

import stages  # noqa: F401 - as every stage begins
from assay.sources import files
from assay.sources.params import FeedParams
from assay.sources.run.judge import judged
from assay.sources.run.stream import streamed
from assay.sources.venue import Feed
from bench.csv_input import FILE, told, written

PACKAGES = ("numpy", "numba", "polars", "pyarrow")
_FEW = 100


def prepare(folder: Path) -> Path:
    """Compile on a few rows of either form."""
    for as_text in (True, False):
        few = folder / f"few_{as_text}"
        few.mkdir()
        written(few, _FEW, as_text=as_text)
        work(few)
    return folder


def work(folder: Path) -> Path:
    """Fetch and judge the file; return where its months are."""
    into, params = folder / "assay", FeedParams(source="files", path=str(folder / FILE), calendar="24/5")
    feed = Feed(params, files.kind(params), "EURUSD", "EURUSD", None, into, None, None)
    judged(streamed(feed, {"ticks": into}))
    return into


def answer(into: Path) -> dict[str, float]:
    """Return figures of the tables."""
    return told(into)
