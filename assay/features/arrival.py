"""When the rows of a table came: from which close each counts, which came late, and which was the first.

A row told beside the bars counts from one nanosecond after its ``known_at``, so a bar knows what came before the
instant of its close: venues stamp in milliseconds, several ticks share one, and what is told with the same stamp may
have come after the tick that closed the bar. ``USABLE_AFTER_NS`` is the one place that says so.
"""

from __future__ import annotations

from math import nan

import numpy as np
import polars as pl

from assay.errors import DataError
from assay.stats.asof import joined
from assay.tables.instants import nanoseconds
from assay.tables.table import TIME
from assay.types import Floats

USABLE_AFTER_NS = 1
"""How long after its ``known_at`` a row of the context counts."""
_NEVER_NS = np.iinfo(np.int64).max


def usable(table: pl.DataFrame) -> pl.DataFrame:
    """Return a table of the context with ``known_at`` one nanosecond later: the first close that may know each row."""
    known_ns = np.minimum(nanoseconds(table, "known_at"), _NEVER_NS - USABLE_AFTER_NS) + USABLE_AFTER_NS
    return table.with_columns(known_at=pl.Series(known_ns).cast(TIME))


def in_time(table: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that no row below them was known before; the table itself where that is all of them."""
    known_ns = nanoseconds(table, "known_at")
    kept = known_ns <= np.minimum.accumulate(known_ns[::-1])[::-1]
    return table if kept.all() else table.filter(kept)


def first(table: pl.DataFrame, column: str) -> float:
    """Return the value of the row that was known before all others, of several the first; NaN of no rows.

    It is the first row of :func:`in_time`, and no row that comes later takes its place.
    """
    row = table.get_column("known_at").arg_min()
    value: float = nan if row is None else table.get_column(column)[row]
    return value


def last(closes: pl.DataFrame, table: pl.DataFrame, values: Floats) -> Floats:
    """Return values of the rows of a table known last at each ``closed_at``: see :meth:`Inputs.known`."""
    _refuse_late(table)
    told = table.select("known_at").with_columns(values=pl.Series(values))
    return joined(closes, "closed_at", told, ["values"], prefix="")["values"].to_numpy()


def _refuse_late(table: pl.DataFrame) -> None:
    """Refuse rows that were known before a row above them: a value of them may be a function of that row."""
    fell = np.flatnonzero(np.diff(nanoseconds(table, "known_at")) < 0)
    if fell.size:
        remedy = "leave out rows that came late: assay.features.beside.in_order"
        raise DataError("known_at", "must not fall from row to row", f"a fall in row {int(fell[0]) + 1}", remedy)
