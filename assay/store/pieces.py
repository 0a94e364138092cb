"""The months of one symbol in pieces: for what takes in rows one after another and need not hold them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from assay.errors import DataError
from assay.store.tables import ROWS_PER_GROUP, month_paths, read_parquet, stored
from assay.store.writing import unreadable
from assay.tables.table import Table

Contract = Callable[[pl.DataFrame], Table]
"""Tells the table that a frame belongs to."""


def read_pieces(folder: Path, contract: Contract, n_rows: int = ROWS_PER_GROUP) -> Iterator[pl.DataFrame]:
    """Read the files of one symbol of one source in order of time, ``<folder>/<YYYY-MM>.parquet``, piece by piece.

    Parameters
    ----------
    folder
        Holds a file per month.
    contract
        Tells which table a piece belongs to; each is checked against it, with the row before it.
    n_rows
        Rows of a piece; the last one of a month has fewer.

    Returns
    -------
    Iterator
        Frames of rows, one at least of each month.

    Raises
    ------
    DataError
        At once if there are no files; later if a month cannot be read or breaks its contract. The error is that of the
        month as a whole, which is read again for it.
    """
    return (piece for path in month_paths(folder) for piece in _pieces(path, contract, n_rows))


def _pieces(path: Path, contract: Contract, n_rows: int) -> Iterator[pl.DataFrame]:
    rows, n_all = stored(path)
    before = None
    for start in range(0, max(n_all, 1), n_rows):
        piece = _read(path, rows.slice(start, n_rows))
        for rows_to_check in [piece] if before is None else [pl.concat([before, piece.head(1)]), piece]:
            _check(path, rows_to_check, contract)
        yield piece
        before = piece.tail(1)


def _read(path: Path, rows: pl.LazyFrame) -> pl.DataFrame:
    try:
        return rows.collect()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise unreadable(path, "must be a Parquet file", error) from None


def _check(path: Path, frame: pl.DataFrame, contract: Contract) -> None:
    """Check rows; where they break a rule, the whole month tells how many rows do, and which is the first."""
    try:
        contract(frame).check(frame, path)
    except DataError:
        whole = read_parquet(path)
        contract(whole).check(whole, path)
        raise
