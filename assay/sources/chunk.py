"""What one raw file holds, as every decoder hands it over."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from assay.errors import DataError


@dataclass(frozen=True)
class Chunk:
    """The ticks of one raw file, decoded and not yet checked.

    Parameters
    ----------
    where
        The file as messages name it.
    origin
        The file as the manifest names it: relative to the source's folder, so that moving the folder changes nothing.
    sha256
        Hash of the raw bytes.
    frame
        Columns of QUOTES or TRADES, one row per row of the file, in the file's order.
    rules
        What the decoder counted: name of the rule to number of times it was applied.
    """

    where: str
    origin: str
    sha256: str
    frame: pl.DataFrame
    rules: Mapping[str, int] = field(default_factory=dict)


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
