"""Text with separated fields: CSV and its kin, in typed batches of constant memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import polars as pl

from assay.errors import DataError
from assay.sources.files import plain
from assay.sources.files.dialect import ROWS, SEPARATORS, judged, split
from assay.sources.files.raw import BOM, HEAD, blocks, last_end, outside, steps
from assay.tables.table import DType

BROKEN = (OSError, ValueError, pl.exceptions.PolarsError, pl.exceptions.PanicException)


class Delimited:
    """A text file, read block by block; see :class:`assay.sources.files.reader.Reader`."""

    def __init__(self, path: Path) -> None:
        self.path, self.sha256 = path, ""
        self.dialect, rows = judged(_first_lines(path), path)
        self.names, self.headed = self.dialect.names, self.dialect.headed
        whole = [row for row in rows if len(row) == len(self.names)]
        columns = zip(*whole, strict=True) if whole else [()] * len(self.names)
        cells = {name: [cell or None for cell in column] for name, column in zip(self.names, columns, strict=True)}
        self.sample = pl.DataFrame(cells, schema=dict.fromkeys(self.names, pl.String))
        self.said = {
            "format": "csv",
            "separator": SEPARATORS[self.dialect.separator],
            "header": "yes" if self.headed else "none",
            "decimal": "comma" if self.dialect.decimal_comma else "point",
        }

    def batches(self, wanted: Mapping[str, DType]) -> Iterator[pl.DataFrame]:
        """Yield the wanted columns, a frame per block; one that does not fit its types is text.

        Raises
        ------
        DataError
            If a row has more or fewer fields than there are columns, with its number, or the text is not UTF-8.
        """
        n_rows, header, digest = 0, self.headed, hashlib.sha256()
        for block in blocks(self.path, digest.update):
            lines = _after_first(block) if header else block
            header = False
            if lines:
                frame = self._frame(lines, wanted, n_rows)
                n_rows += frame.height
                yield frame
        self.sha256 = digest.hexdigest()

    def _frame(self, lines: bytes, wanted: Mapping[str, DType], n_before: int) -> pl.DataFrame:
        read = None if self.dialect.decimal_comma else plain.read(lines, self.dialect.separator, self.names, wanted)
        return self._any(lines, wanted, n_before) if read is None else read

    def _any(self, lines: bytes, wanted: Mapping[str, DType], n_before: int) -> pl.DataFrame:
        """Return the wanted columns of lines that hold more than plain numbers and times."""
        try:
            try:
                frame = self._parsed(lines, wanted)
            except BROKEN:
                frame = self._parsed(lines, dict.fromkeys(wanted, pl.String))
        except BROKEN as error:
            self._refuse_ragged(lines, n_before)
            raise DataError(
                self.path, "must be readable whole", str(error).partition("\n")[0], "restore it or take it away"
            ) from None
        if frame[self.names[-1]].null_count():
            self._refuse_short(lines, frame.height, n_before)
        return frame[[name for name in self.names if name in wanted]]

    def _parsed(self, lines: bytes, wanted: Mapping[str, DType]) -> pl.DataFrame:
        types = {name: pl.String if dtype == plain.WALL else dtype for name, dtype in wanted.items()}
        return pl.read_csv(
            lines,
            has_header=False,
            separator=self.dialect.separator,
            decimal_comma=self.dialect.decimal_comma and pl.Float64 in wanted.values(),
            schema={name: types.get(name, pl.String) for name in self.names},
            columns=[number for number, name in enumerate(self.names) if name in wanted or name == self.names[-1]],
            raise_if_empty=False,
        )

    def _refuse_short(self, lines: bytes, n_rows: int, n_before: int) -> None:
        """Refuse rows with fewer fields than there are columns; they show by an empty last field."""
        if (n_rows, n_rows * (len(self.names) - 1)) != _counted(lines, self.dialect.separator):
            self._refuse_ragged(lines, n_before)
            found = f"others from row {n_before + 1} on"
            raise DataError(self.path, f"must hold {len(self.names)} fields in each row", found, "check its quotes")

    def _refuse_ragged(self, lines: bytes, n_before: int) -> None:
        """Refuse the first row that has not as many fields as there are columns, if there is one."""
        text = lines.decode(errors="replace").splitlines(keepends=True)
        for n, row in enumerate(split(text, self.dialect.separator, self.path)):
            if len(row) != len(self.names):
                rule = f"must hold {len(self.names)} fields, as the first line does"
                raise DataError(f"{self.path} row {n_before + n + 1}", rule, len(row), "mend the row")


def _first_lines(path: Path) -> list[str]:
    """Return the first lines of a text file, the header included."""
    head = next(steps(path, HEAD), b"").removeprefix(BOM)
    whole = head[: last_end(head)] if len(head) == HEAD and last_end(head) else head
    if b"\0" in head:
        raise DataError(path, "must be text", "a NUL byte", "write it as UTF-8, or restore it")
    try:
        return whole.decode().splitlines(keepends=True)[: ROWS + 1]
    except UnicodeDecodeError as error:
        raise DataError(path, "must be UTF-8 text", str(error), "write it as UTF-8") from None


def _after_first(block: bytes) -> bytes:
    """Return a block without its first line, which may hold quoted line ends."""
    head = block.find(b"\n") + 1
    while block.count(b'"', 0, head) % 2 and head < len(block):
        head = block.find(b"\n", head) + 1 or len(block)
    return block[head:]


def _counted(lines: bytes, separator: str) -> tuple[int, int]:
    """Return how many line ends and separators stand outside quotes."""
    if b'"' not in lines:
        return lines.count(b"\n"), lines.count(separator.encode())
    code, free = np.frombuffer(lines, np.uint8), outside(lines)
    return int(((code == ord("\n")) & free).sum()), int(((code == ord(separator)) & free).sum())
