"""Files that know their columns and types: Parquet and Feather (Arrow IPC)."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import polars as pl
import pyarrow as pa
from pyarrow import ipc
from pyarrow import parquet as pq

from assay import store
from assay.errors import DataError
from assay.sources.decode.columns import arrow_bytes, parquet_bytes, refuse_bomb
from assay.sources.files.dialect import ROWS
from assay.tables.table import DType

MOST_ROWS = 1 << 28
"""Rows of one file."""
ROWS_PER_BYTE = 100
"""Rows that a byte may hold: rows have times, which are not all alike. A bomb holds many thousands."""
SPARE = 1 << 16
"""Rows that any file may hold, however small."""
BATCH = 1 << 18
LISTS = 1 << 12
"""Rows of a batch; where cells are lists, such as the levels of a book, fewer."""
BUFFER = 1 << 20
"""Bytes of a column that are read at a time."""
BROKEN = (
    OSError,
    ValueError,
    TypeError,
    KeyError,
    struct.error,
    pa.ArrowException,
    pl.exceptions.PolarsError,
    MemoryError,
)


class Parquet:
    """A Parquet file, read in batches; see :class:`assay.sources.files.reader.Reader`."""

    def __init__(self, path: Path) -> None:
        self.path, self.sha256 = path, ""
        with _whole(path):
            file = pq.ParquetFile(path, pre_buffer=False, buffer_size=BUFFER)
            _refuse_bomb(file.metadata.num_rows, path)
            refuse_bomb(parquet_bytes(file.metadata), path.stat().st_size, path)
            self.names, self.headed = tuple(file.schema_arrow.names), True
            self.rows = LISTS if any(pa.types.is_nested(one.type) for one in file.schema_arrow) else BATCH
            self.sample = _first(self._frames(file, list(self.names), ROWS), path)
        self.said = {"format": "parquet"}

    def batches(self, wanted: Mapping[str, DType]) -> Iterator[pl.DataFrame]:
        """Yield the wanted columns, in the types of the file."""
        with _whole(self.path):
            names = [name for name in self.names if name in wanted]
            yield from self._frames(pq.ParquetFile(self.path, pre_buffer=False, buffer_size=BUFFER), names, self.rows)
        self.sha256 = store.sha256(self.path)

    @staticmethod
    def _frames(file: pq.ParquetFile, names: list[str], n_rows: int) -> Iterator[pl.DataFrame]:
        _refuse_no_text(file.schema_arrow)
        for batch in file.iter_batches(batch_size=n_rows, columns=names):
            batch.validate(full=True)
            yield frame_of(batch)


class Feather:
    """A Feather (version 2) or Arrow IPC file, read batch by batch."""

    def __init__(self, path: Path) -> None:
        self.path, self.sha256 = path, ""
        with _whole(path):
            refuse_bomb(arrow_bytes(pa.memory_map(str(path)).read_buffer()), path.stat().st_size, path)
        with _whole(path), ipc.open_file(pa.memory_map(str(path))) as file:
            self.names, self.headed = tuple(file.schema.names), True
            self.sample = _first(self._frames(file), path)
        self.said = {"format": "feather"}

    def batches(self, wanted: Mapping[str, DType]) -> Iterator[pl.DataFrame]:
        """Yield the wanted columns, in the types of the file."""
        with _whole(self.path), ipc.open_file(pa.memory_map(str(self.path))) as file:
            for frame in self._frames(file):
                yield frame.select(name for name in self.names if name in wanted)
        self.sha256 = store.sha256(self.path)

    def _frames(self, file: ipc.RecordBatchFileReader) -> Iterator[pl.DataFrame]:
        n_rows = 0
        _refuse_no_text(file.schema)
        for number in range(file.num_record_batches):
            batch = file.get_batch(number)
            n_rows += batch.num_rows
            _refuse_bomb(n_rows, self.path)
            batch.validate(full=True)
            for start in range(0, batch.num_rows, BATCH):
                yield frame_of(batch.slice(start, BATCH))


def frame_of(batch: pa.RecordBatch) -> pl.DataFrame:
    """Return a batch as a frame; notes on the whole file, which need not be text, are left out."""
    frame = pl.from_arrow(batch.replace_schema_metadata(None))
    return frame if isinstance(frame, pl.DataFrame) else frame.to_frame()


def _refuse_no_text(fields: Iterable[pa.Field]) -> None:
    """Read all names and notes of columns and of what is nested in them; polars dies of what is not UTF-8.

    Raises
    ------
    UnicodeDecodeError
        If one is not.
    """
    for field in fields:
        words = [field.name.encode(), *chain.from_iterable((field.metadata or {}).items())]
        for word in words:
            word.decode()
        _refuse_no_text(field.type.field(i) for i in range(field.type.num_fields))


def _first(frames: Iterator[pl.DataFrame], path: Path) -> pl.DataFrame:
    """Return the first rows."""
    for frame in frames:
        if frame.height:
            return frame.head(ROWS)
    raise DataError(path, "must hold rows", "none", "restore it or take it away")


def _refuse_bomb(n_rows: int, path: Path) -> None:
    most = min(MOST_ROWS, ROWS_PER_BYTE * path.stat().st_size + SPARE)
    if n_rows > most:
        raise DataError(path, f"must hold {most:,} rows at most, being as long as it is", f"{n_rows:,}", "restore it")


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    try:
        yield
    except BROKEN as error:
        found = str(error).partition("\n")[0] or type(error).__name__
        raise DataError(path, "must be readable whole", found, "restore it or take it away") from None
