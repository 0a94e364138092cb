"""Cells of a file that could not be read."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from assay.errors import DataError


def refuse_nulls(written: pl.Series, got: pl.Series, rule: str, remedy: str, path: Path) -> None:
    """Refuse a column if something in it could not be read.

    Raises
    ------
    DataError
        With the first row, counted from 1 below the header, and what stands there.
    """
    if got.null_count():
        row = got.is_null().arg_max() or 0
        cell = written[row]
        found = "nothing" if cell is None else repr(cell) if isinstance(cell, str) else str(cell)
        raise DataError(f"{path} row {row + 1}", rule, f"{found} ({got.null_count()} such rows)", remedy)
