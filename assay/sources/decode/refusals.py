"""Refusals: what is wrong in rows -> an error with the first such row, counted from 1 below the header."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from assay.errors import DataError
from assay.types import Flags

AGAIN = "fetch it again"


class UnwantedError(DataError):
    """Bytes are what the venue serves, but not what the params take: asking for them again is in vain."""


def refuse(
    wrong: pl.Series | Flags,
    written: Sequence[object] | np.ndarray[Any, Any] | pl.Series | pl.DataFrame,
    rule: str,
    where: object,
    remedy: str = AGAIN,
) -> None:
    """Refuse rows where any is wrong.

    Parameters
    ----------
    wrong
        Which rows are, shape (n,); what is null is not.
    written
        What stands in each row.
    rule, where, remedy
        What they break, the file, and what to do.

    Raises
    ------
    DataError
        With the first row, what stands there, and how many there are.
    """
    flags = wrong.fill_null(value=False).to_numpy() if isinstance(wrong, pl.Series) else wrong
    if flags.any():
        row = int(np.argmax(flags))
        first = written.row(row) if isinstance(written, pl.DataFrame) else written[row]
        found = f"{short(first)} ({np.count_nonzero(flags)} such rows)"
        raise DataError(f"{where} row {row + 1}", rule, found, remedy)


def refuse_holes(frame: pl.DataFrame, columns: Sequence[str], where: object) -> pl.DataFrame:
    """Return the frame if none of the columns lacks a value.

    Raises
    ------
    DataError
        With the first row of the first column that does.
    """
    for name in columns:
        if frame[name].null_count():
            refuse(frame[name].is_null(), frame[name], f"{name} must have a value", where)
    return frame


def refuse_outside(frame: pl.DataFrame, column: str, first: int, last: int, where: object) -> pl.DataFrame:
    """Return the frame if each whole number of a column, such as a time in the venue's unit, is from first to last.

    Raises
    ------
    DataError
        With the first row whose number is not.
    """
    refuse(~frame[column].is_between(first, last), frame[column], f"{column} must be from {first} to {last}", where)
    return frame


def short(value: object) -> str:
    """Return a value as messages show it."""
    if isinstance(value, np.generic):
        value = value.item()
    return "nothing" if value is None else repr(value)[:120]
