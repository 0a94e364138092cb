"""The same as ``csv_ticks`` with times as ISO text."""

from __future__ import annotations

from pathlib import Path

from bench.csv_input import written

NAME = "CSV ticks with ISO times to Parquet, ours with every check"
N = 1_000_000
SIDES = {"assay": "", "polars": ""}
GOALS = {"polars": 1.3}


def make(folder: Path, n: int) -> None:
    """Write the quotes."""
    written(folder, n, as_text=True)
