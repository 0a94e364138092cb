"""What every format is to the rest: named columns, a sample to judge them by, and batches of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

import polars as pl

from assay.errors import DataError
from assay.sources.files.columnar import Feather, Parquet
from assay.sources.files.delimited import Delimited
from assay.sources.files.documents import Documents
from assay.sources.files.raw import format_of
from assay.sources.params import FeedParams
from assay.tables.table import DType


class Reader(Protocol):
    """One file.

    Attributes
    ----------
    names
        Its columns; ``column_1``, ``column_2``, ... where it has no header.
    headed
        Whether the file names its columns.
    sample
        Its first rows: text where the format knows no types.
    said
        What the format turned out to be, for the manifest.
    sha256
        Hash of the file's bytes; empty until the last batch has been taken.
    """

    names: tuple[str, ...]
    headed: bool
    sample: pl.DataFrame
    said: dict[str, str]
    sha256: str

    def batches(self, wanted: Mapping[str, DType]) -> Iterator[pl.DataFrame]:
        """Yield the wanted columns of all rows in the file's order.

        A column has the wanted type, or, where the format has types of its own or a cell does not fit, another.
        """
        ...


def opened(path: Path, params: FeedParams) -> Reader:
    """Return the reader of a file.

    Raises
    ------
    DataError
        If the file is of no known format, is broken, or names two columns the same.
    """
    reader: Reader
    match format_of(path, params):
        case "parquet":
            reader = Parquet(path)
        case "feather":
            reader = Feather(path)
        case "csv":
            reader = Delimited(path)
        case form:
            reader = Documents(path, is_array=form == "json")
    for name in reader.names:
        if reader.names.count(name) > 1:
            raise DataError(path, f"needs one column {name}", "more than one", "give each column its own name")
    return reader
