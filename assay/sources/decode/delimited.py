"""Comma-separated files of venues, whose columns are known beforehand: bytes -> typed columns."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence

import polars as pl

from assay.errors import DataError
from assay.sources.decode.packed import MAGIC
from assay.tables.table import DType

NAMES = re.compile(rb"[\w., \[\]-]+")
"""A line of names."""
AGAIN = "fetch it again; if it stays, the venue has changed its form"
MOST_NAMED = 8
"""Columns that a message names: a book has a hundred."""


def read(
    content: bytes,
    types: Mapping[str, DType],
    where: object,
    headless: Sequence[str] = (),
    names: Mapping[str, str] | None = None,
) -> pl.DataFrame:
    """Return the columns that are asked for, in the order of the file's rows.

    Parameters
    ----------
    content
        The file, unpacked: a line of names or none, then a line per row; no quoting.
    types
        The columns that are wanted, and their types.
    where
        The file, for messages.
    headless
        Names of the columns, in their order, of a file that begins with a row, which may lack the last of them; without
        names a file must have a header.
    names
        Other names that the venue has used -> names in `types`.

    Raises
    ------
    DataError
        If a column is missing, a cell is not of its type, or rows are of other lengths.
    """
    first = content[: content.find(b"\n") if b"\n" in content[:65_536] else 65_536].strip()
    if not first:
        raise DataError(where, "must hold rows", "nothing", AGAIN)
    has_header = not (headless and first[:1].isdigit())
    columns = _header(first, names or {}, where) if has_header else list(headless)[: first.count(b",") + 1]
    missing = [name for name in types if name not in columns]
    if missing or len(set(columns)) < len(columns) or first.count(b",") + 1 != len(columns):
        rule = f"must have the columns {_listed(missing or list(types))}"
        raise DataError(where, rule, first[:300].decode(errors="replace"), AGAIN)
    return rows(content, columns, types, where, has_header=has_header)


def rows(
    content: bytes,
    columns: Sequence[str],
    types: Mapping[str, DType],
    where: object,
    *,
    has_header: bool = False,
    remedy: str = AGAIN,
) -> pl.DataFrame:
    """Return the columns that are asked for, where `columns` are all there are, in their order.

    Raises
    ------
    DataError
        If it is no text, a cell is not of its type, or rows are of other lengths.
    """
    if content.startswith(MAGIC) or b"\0" in content:
        raise DataError(where, "must be text", repr(content[:20]), remedy)
    schema: dict[str, DType] = {name: types.get(name, pl.String) for name in columns}
    wanted = [number for number, name in enumerate(columns) if name in types]
    try:
        frame = pl.read_csv(
            io.BytesIO(content),
            has_header=False,
            skip_lines=int(has_header),
            schema=schema,
            columns=wanted,
            quote_char=None,
            raise_if_empty=False,
        ).select(list(types))
    except pl.exceptions.PolarsError as error:
        found = str(error).partition("\n")[0][:200]
        raise DataError(where, f"rows hold {_listed(list(types))}", found, remedy) from None
    n_commas = (frame.height + has_header) * (len(columns) - 1)
    if content.count(b",") != n_commas:
        found = f"{content.count(b',')} commas instead of {n_commas} in {frame.height} rows"
        raise DataError(where, f"rows must have {len(columns)} cells", found, remedy)
    return frame


def _header(first: bytes, names: Mapping[str, str], where: object) -> list[str]:
    if not NAMES.fullmatch(first):
        raise DataError(where, "must begin with a line of names", repr(first[:80]), AGAIN)
    written = (name.strip() for name in first.decode().split(","))
    return [names.get(name, name) for name in written]


def _listed(names: Sequence[str]) -> str:
    """Return names in a row, the first of them where they are many."""
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
