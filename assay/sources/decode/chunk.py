"""What one raw file holds, as every decoder hands it over."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from assay.errors import DataError, ParamsError
from assay.sources.params import FeedParams
from assay.tables.kinds import Kind


@dataclass(frozen=True)
class Chunk:
    """Rows of one raw file, decoded and not yet checked: all of them, or the next batch of a file read in batches.

    Parameters
    ----------
    where
        The file as messages name it.
    origin
        The file as the manifest names it: relative to the source's folder, so that moving the folder changes nothing.
    sha256
        Hash of the raw bytes.
    frame
        Columns of the kind's table, in the file's order.
    rules
        What the decoder counted: name of the rule to number of times it was applied.
    found
        What the decoder found out about the file, in words.
    extra
        The file's other columns of numbers, row by row beside `frame`, for a check of what they know; None if there
        are none.
    first_row
        Number of the first row in the file, from 1.
    """

    where: str
    origin: str
    sha256: str
    frame: pl.DataFrame
    rules: Mapping[str, int] = field(default_factory=dict)
    found: Mapping[str, str] = field(default_factory=dict)
    extra: pl.DataFrame | None = None
    first_row: int = 1


def only(kind: Kind, params: FeedParams) -> Kind:
    """Return the kind of a source that has one.

    Raises
    ------
    ParamsError
        If another kind is asked for.
    """
    if params.kind not in ("auto", kind):
        raise ParamsError("data.kind", f"{params.source} has {kind} only", params.kind, "set data.kind to auto")
    return kind


def read_raw(path: Path) -> tuple[bytes, str]:
    """Return a raw file's bytes and their SHA-256.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    with reading(path):
        raw = path.read_bytes()
    return raw, hashlib.sha256(raw).hexdigest()


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Blame what the system refuses on the path that is read.

    Raises
    ------
    DataError
        Instead of an OSError.
    """
    try:
        yield
    except OSError as error:
        remedy = "fetch it again, or change its name, mode or owner"
        raise DataError(path, "must be readable", error.strerror, remedy) from None
