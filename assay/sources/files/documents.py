"""JSON: a document per line, or one array of them; each an object, or an array of values without names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from assay.errors import DataError
from assay.sources.files.dialect import ROWS
from assay.sources.files.raw import STEP, Seen, blocks, steps
from assay.tables.table import DType

LARGEST = 1 << 28
"""Bytes of an array, which must be read whole."""


class Documents:
    """A JSON file; see :class:`assay.sources.files.reader.Reader`."""

    def __init__(self, path: Path, *, is_array: bool) -> None:
        self.path, self.is_array, self.sha256 = path, is_array, ""
        first = list(islice((row for rows in self._rows() for row in rows), ROWS))
        if not first:
            raise DataError(path, "must hold rows", "none", "restore it or take it away")
        self.headed = isinstance(first[0], dict)
        self.names = _names(first, path)
        self.sample = self._frame(first, self.names, 0)
        self.said = {"format": "json" if is_array else "jsonl", "header": "yes" if self.headed else "none"}

    def batches(self, wanted: Mapping[str, DType]) -> Iterator[pl.DataFrame]:
        """Yield the wanted columns; what a document does not name is null.

        Raises
        ------
        DataError
            With the row that is no document of the same form as the first.
        """
        n_rows, digest = 0, hashlib.sha256()
        for rows in self._rows(digest.update):
            frame = self._frame(rows, [name for name in self.names if name in wanted], n_rows)
            n_rows += frame.height
            yield frame
        self.sha256 = digest.hexdigest()

    def _rows(self, seen: Seen = len) -> Iterator[list[Any]]:
        with _parsing(self.path):
            if not self.is_array:
                for block in blocks(self.path, seen):
                    yield [json.loads(line) for line in block.splitlines() if line.strip()]
                return
            raw = bytearray()
            for part in steps(self.path, STEP, seen):
                raw += part
                if len(raw) > LARGEST:
                    found, remedy = "more", "write it as JSON lines"
                    raise DataError(self.path, f"must be an array of {LARGEST} bytes at most", found, remedy)
            yield json.loads(raw)

    def _frame(self, rows: Sequence[Any], names: Sequence[str], n_before: int) -> pl.DataFrame:
        for n, row in enumerate(rows):
            if not isinstance(row, dict if self.headed else list) or (not self.headed and len(row) != len(self.names)):
                where, rule = f"{self.path} row {n_before + n + 1}", "must be a document of the form of the first"
                raise DataError(where, rule, type(row).__name__, "mend the row")
        keys: dict[str, Any] = {name: name if self.headed else self.names.index(name) for name in names}
        cells = {name: [row.get(key) if self.headed else row[key] for row in rows] for name, key in keys.items()}
        return pl.DataFrame({name: _series(name, values) for name, values in cells.items()})


def _names(rows: Sequence[Any], path: Path) -> tuple[str, ...]:
    if isinstance(rows[0], dict):
        return tuple(dict.fromkeys(name for row in rows if isinstance(row, dict) for name in row))
    if not isinstance(rows[0], list) or not rows[0]:
        raise DataError(path, "must hold objects or arrays", type(rows[0]).__name__, "write an object per row")
    return tuple(f"column_{n + 1}" for n in range(len(rows[0])))


def _series(name: str, values: list[Any]) -> pl.Series:
    """Return values of one type as they are; others as text, which is judged later where it is needed."""
    kinds = {type(value) for value in values} - {type(None)}
    if kinds == {int} and all(-(1 << 63) <= value < 1 << 63 for value in values if value is not None):
        return pl.Series(name, values, dtype=pl.Int64)
    if kinds and kinds <= {int, float}:
        return pl.Series(name, [None if value is None else float(value) for value in values], dtype=pl.Float64)
    if kinds == {bool}:
        return pl.Series(name, values, dtype=pl.Boolean)
    if kinds == {list} and all(isinstance(x, int | float) for value in values for x in value or ()):
        levels = [None if value is None else [float(x) for x in value] for value in values]
        return pl.Series(name, levels, dtype=pl.List(pl.Float64))
    texts = [type(value).__name__ if isinstance(value, dict | list) else value for value in values]
    texts = [value if isinstance(value, str | None) else json.dumps(value) for value in texts]
    return pl.Series(name, texts, dtype=pl.String)


@contextmanager
def _parsing(path: Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, RecursionError, OverflowError) as error:
        found = str(error).partition("\n")[0]
        raise DataError(path, "must be JSON", found, "restore it or take it away") from None
