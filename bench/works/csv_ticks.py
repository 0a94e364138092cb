"""CSV ticks to Parquet, times as milliseconds.

Polars reads a time and four numbers, makes instants of the first, and sinks one file: plain values, zstd 3. Ours is all
that the stage ``fetch`` does for a feed of files: it finds out what the file is, reads it, hashes it, applies every
rule to every row, cuts rows into months, checks every law of the table once more, writes with a column of flags, hashes
each table, and tells the health of the history.
"""

from __future__ import annotations

from pathlib import Path

from bench.csv_input import written

NAME = "CSV ticks to Parquet, ours with every check, hash and month"
N = 3_000_000
SIDES = {"assay": "", "polars": ""}
GOALS = {"polars": 1.3}


def make(folder: Path, n: int) -> None:
    """Write the quotes."""
    written(folder, n, as_text=False)
