"""Tables: Parquet files with fixed settings, checked when read and when written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import polars as pl
import pyarrow as pa
from pyarrow import parquet as pq

from assay.errors import DataError
from assay.store.writing import place, unreadable, unwritable, writing
from assay.tables.table import Table

ROWS_PER_GROUP = 1 << 18
MOST_ROWS = 1 << 28
"""Rows of one table. A file of some kilobytes can claim more than any memory holds; a month of ticks has far fewer."""
_SETTINGS: Mapping[str, Any] = {"compression": "zstd", "compression_level": 3, "write_statistics": True}


def read_table(path: Path, table: Table) -> pl.DataFrame:
    """Read a Parquet file and check it against its contract."""
    return table.check(read_parquet(path), path)


def read_parquet(path: Path) -> pl.DataFrame:
    """Read a Parquet file of :data:`MOST_ROWS` at most; what cannot be read is one line that names it."""
    rows, _ = stored(path)
    try:
        return rows.collect()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise unreadable(path, "must be a Parquet file", error) from None


def stored(path: Path) -> tuple[pl.LazyFrame, int]:
    """Return the rows of a Parquet file, none of them read yet, and how many there are.

    Raises
    ------
    StoreError
        If there is no such file.
    DataError
        If it is no Parquet file, or claims more than :data:`MOST_ROWS`.
    """
    try:
        rows = pl.scan_parquet(path, glob=False)
        n_rows = int(rows.select(pl.len()).collect().item())
    except (OSError, pl.exceptions.PolarsError) as error:
        raise unreadable(path, "must be a Parquet file", error) from None
    if n_rows > MOST_ROWS:
        raise DataError(path, f"must hold {MOST_ROWS:,} rows at most", f"{n_rows:,}", "cut it into several files")
    return rows, n_rows


def read_months(folder: Path) -> list[tuple[Path, pl.DataFrame]]:
    """Read the files of one symbol of one source in order of time, ``<folder>/<YYYY-MM>.parquet``, with their paths.

    Raises
    ------
    DataError
        If there are none: the stage was not run, or fetched other symbols.
    """
    return [(path, read_parquet(path)) for path in month_paths(folder)]


def month_paths(folder: Path) -> list[Path]:
    """Return the files of one symbol of one source in order of time.

    Raises
    ------
    DataError
        If there are none: the stage was not run, or fetched other symbols.
    """
    paths = sorted(folder.glob("*.parquet"))
    if paths:
        return paths
    others = ", ".join(sorted(path.name for path in folder.parent.glob("*/")))
    remedy = f"list {folder.name} in data.symbols and fetch, or set instrument.symbol to what was fetched"
    found = f"none, but there is {others}" if others else "none"
    run = "run the stage fetch: dvc repro fetch"
    raise DataError(folder, "must hold a file per month", found, remedy if others else run)


def write_table(path: Path, frame: pl.DataFrame, table: Table) -> None:
    """Check a frame and write it as Parquet with fixed settings, whole or not at all."""
    table.check(frame, place(path))
    with TableWriter(path, table) as writer:
        writer.write_checked(frame)


class TableWriter:
    """Writes a table in parts; its bytes depend on its rows alone, not on how they come.

    As a context, the file is in its place at the end, or, if an error ended it, as it was before. Without one, call
    :meth:`close`. Rows are checked part by part, so rules between rows are checked inside a part.

    Parameters
    ----------
    path
        Where the table goes.
    table
        Its contract.

    Notes
    -----
    Row groups of :data:`ROWS_PER_GROUP`, each of columns in one piece; pages are cut by rows and bytes, dictionaries
    are in the order of the values, and compression is zstd 3: none looks at the processor or the number of threads.
    Whole numbers of 64 bits, times above all, are written as differences, which are small; other columns with a
    dictionary while their values are few.
    """

    def __init__(self, path: Path, table: Table) -> None:
        self._path, self._table = path, table
        self._open = ExitStack()
        self._writer: pq.ParquetWriter | None = None
        self._waiting: list[pl.DataFrame] = []
        self._n_waiting = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
        else:
            self._abandon(kind, error, trace)

    def write(self, frame: pl.DataFrame) -> None:
        """Check the next rows and write all row groups that are full.

        Raises
        ------
        DataError
            If a row breaks the contract.
        StoreError
            If the file cannot be written.
        """
        self.write_checked(self._table.check(frame, place(self._path)))

    def write_checked(self, frame: pl.DataFrame) -> None:
        """Write rows of which the caller has made sure that they keep the contract.

        Raises
        ------
        StoreError
            If the file cannot be written.
        """
        if self._writer is None:
            self._begin(frame)
        self._waiting.append(frame)
        self._n_waiting += frame.height
        while self._n_waiting >= ROWS_PER_GROUP:
            self._put(ROWS_PER_GROUP)

    def close(self) -> None:
        """Write what waits, and put the file in its place; without a row or a call of :meth:`write` it is empty."""
        if self._writer is None:
            self._begin(self._table.empty())
        if self._n_waiting:
            self._put(self._n_waiting)
        self._open.close()

    def _begin(self, frame: pl.DataFrame) -> None:
        self._open.enter_context(_as_unwritable(self._path))
        part = self._open.enter_context(writing())(self._path)
        schema = frame.clear().to_arrow().schema
        self._writer = self._open.enter_context(pq.ParquetWriter(part, schema, **_encodings(schema), **_SETTINGS))

    def _put(self, n_rows: int) -> None:
        """Write the first rows that wait as one row group."""
        rows = pl.concat(self._waiting)
        self._waiting, self._n_waiting = [rows.slice(n_rows)] * (rows.height > n_rows), rows.height - n_rows
        group = rows.head(n_rows).rechunk().to_arrow().combine_chunks()
        with self._giving_up():
            self._writer.write_table(group, row_group_size=n_rows)  # type: ignore[union-attr] # begun by write

    @contextmanager
    def _giving_up(self) -> Iterator[None]:
        """Leave no part behind if the body fails."""
        try:
            yield
        except (OSError, pa.ArrowException) as error:
            self._abandon(type(error), error, error.__traceback__)
            raise

    def _abandon(self, kind: type[BaseException] | None, error: BaseException, trace: TracebackType | None) -> None:
        self._open.__exit__(kind, error, trace)


def _encodings(schema: pa.Schema) -> dict[str, Any]:
    """Return how the columns are written."""
    whole = [one.name for one in schema if pa.types.is_int64(one.type) or pa.types.is_timestamp(one.type)]
    others = [one.name for one in schema if one.name not in whole and not pa.types.is_nested(one.type)]
    return {"use_dictionary": others, "column_encoding": dict.fromkeys(whole, "DELTA_BINARY_PACKED")}


@contextmanager
def _as_unwritable(path: Path) -> Iterator[None]:
    """Blame what Arrow cannot write on the file."""
    try:
        yield
    except pa.ArrowException as error:
        raise unwritable(path, " ".join(str(error).split())) from None
