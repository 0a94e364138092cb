"""Cells of a file that could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assay.errors import DataError


@dataclass(frozen=True)
class Place:
    """A run of rows of a file: `n_before` rows stand before it."""

    path: Path
    n_before: int = 0

    def row(self, index: int) -> str:
        """Return how messages call a row; rows count from 1, below the header."""
        return f"{self.path} row {self.n_before + index + 1}"


def refuse_unread(written: pl.Series, got: pl.Series, rule: str, remedy: str, place: Place) -> None:
    """Refuse a column if something that stands in it could not be read; an empty cell is no such thing.

    Raises
    ------
    DataError
        With the first row, counted from 1 below the header, and what stands there.
    """
    if got.null_count() == 0:
        return
    unread = got.is_null() & written.is_not_null()
    if unread.any():
        row = unread.arg_max() or 0
        cell = written[row]
        found = repr(cell) if isinstance(cell, str) else str(cell)
        raise DataError(place.row(row), rule, f"{found} ({unread.sum()} such rows)", remedy)
