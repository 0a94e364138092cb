"""As-of joins by what was known: a row takes the last row of another table that a reader could have had by then."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from assay.errors import DataError
from assay.tables.instants import nanoseconds
from assay.types import Flags, Ints


def joined(
    left: pl.DataFrame,
    left_at: str,
    right: pl.DataFrame,
    columns: Sequence[str],
    prefix: str,
) -> pl.DataFrame:
    """Return a table with columns of another one, as they were known.

    Parameters
    ----------
    left
        Any table; its rows and their order stay as they are.
    left_at
        Its column that holds the instant of the decision.
    right
        A table with ``known_at``, its rows in order of time; times of knowledge may fall and repeat.
    columns
        Numeric columns of ``right`` to take.
    prefix
        Put before their names.

    Returns
    -------
    pl.DataFrame
        ``left`` and ``prefix + column`` of type Float64: NaN where nothing was known, or where the row has no value.

    Raises
    ------
    DataError
        If a name is taken already.

    Notes
    -----
    The row taken is the last in order of ``known_at``, equal ones in the order of the table, with
    ``known_at <= left_at``: backward only, so that no later row of either table changes an earlier result.
    """
    names = [prefix + column for column in columns]
    taken = sorted({*names} & {*left.columns})
    if taken or len({*names}) < len(names):
        raise DataError("joined columns", "must have names of their own", taken or names, "choose another prefix")
    index, known = _latest(nanoseconds(left, left_at), nanoseconds(right, "known_at"))
    values = [_gathered(right[column], index, known).alias(name) for column, name in zip(columns, names, strict=True)]
    return left.with_columns(values)


def _latest(at_ns: Ints, known_ns: Ints) -> tuple[Ints, Flags]:
    """Return for each instant the row known last, and whether there is one; where not, the row is 0."""
    order = np.argsort(known_ns, kind="stable")
    place = np.searchsorted(known_ns[order], at_ns, side="right") - 1
    known = place >= 0
    if not known_ns.size:
        return np.zeros(at_ns.size, np.int64), known
    return np.asarray(order[np.maximum(place, 0)], np.int64), known


def _gathered(column: pl.Series, index: Ints, known: Flags) -> pl.Series:
    if not column.len():
        return pl.Series(np.full(index.size, np.nan))
    values = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return pl.Series(np.where(known, values[index], np.nan))
