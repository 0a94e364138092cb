"""Rows of tables known beside the bars, as a reader had them at each close: in order, and none that is too old."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from assay.features.arrival import in_time, usable
from assay.features.inputs import Inputs
from assay.market import zones
from assay.tables.instants import nanoseconds
from assay.tables.table import TIME
from assay.types import Floats, Ints

HOUR_NS = 3600 * zones.SECOND_NS
_EVER_NS = np.iinfo(np.int64).max


@dataclass(frozen=True)
class _Ordered:
    """A table in order, and its times as arrays: made once, for a table of several parts copies them."""

    table: pl.DataFrame
    time_ns: Ints
    known_ns: Ints


def in_order(x: Inputs, kind: str) -> pl.DataFrame:
    """Return the rows of a table that no row of a later time was known before, each usable from its ``known_at``.

    A reader who goes by the newest row has no use for one that comes late, and statistics of the rows up to one may
    not hold another that was not there yet. Whether a row came late is known when it comes, so this looks at nothing
    to come. The frame is the caller's own.
    """
    return _ordered(x, kind).table.clone()


def column(x: Inputs, kind: str, name: str) -> Floats:
    """Return a column of a table in order, float64."""
    return x.once(f"{kind} {name}", lambda: np.array(in_order(x, kind).get_column(name).to_numpy(), np.float64))


def told(x: Inputs, kind: str, values: Floats, oldest_hours: int, ago_hours: int = 0) -> Floats:
    """Return a value of the row known last at each close, or hours before it, shape (n,).

    Parameters
    ----------
    x
        Bars, n of them.
    kind
        A table of the context.
    values
        A value of each of its rows in order, a function of the rows up to it.
    oldest_hours
        Rows older than this are none.
    ago_hours
        How long before the close.
    """
    row = rows(x, kind, oldest_hours * HOUR_NS, ago_hours * HOUR_NS)
    out = np.full(row.size, np.nan)
    out[row >= 0] = values[row[row >= 0]]
    return out


def rows(x: Inputs, kind: str, oldest_ns: int, ago_ns: int = 0) -> Ints:
    """Return the row in order that was known last at each close, or a time before it, shape (n,).

    It is -1 where there is none, or it is older than ``oldest_ns``.
    """
    return x.once(f"rows of {kind} {oldest_ns} {ago_ns}", lambda: _rows(x, kind, oldest_ns, ago_ns))


def age_ns(x: Inputs, kind: str) -> Floats:
    """Return the time since that of the row known last at each close, ns, shape (n,); NaN before the first."""
    row, time_ns = rows(x, kind, _EVER_NS), _ordered(x, kind).time_ns
    out = np.full(row.size, np.nan)
    out[row >= 0] = x.closed_ns[row >= 0] - time_ns[row[row >= 0]]
    return out


def age_hours(x: Inputs, kind: str) -> Floats:
    """Return the same in hours, shape (n,)."""
    return age_ns(x, kind) / HOUR_NS


def _rows(x: Inputs, kind: str, oldest_ns: int, ago_ns: int) -> Ints:
    table = _ordered(x, kind)
    row = np.searchsorted(table.known_ns, x.closed_ns - ago_ns, side="right") - 1
    known = np.flatnonzero(row >= 0)
    old_ns = x.closed_ns[known] - ago_ns - table.time_ns[row[known]]
    row[known[old_ns > oldest_ns]] = -1
    return row


def _ordered(x: Inputs, kind: str) -> _Ordered:
    return x.of_context(kind, _made)


def _made(given: pl.DataFrame) -> _Ordered:
    table = in_time(usable(given)).with_columns(pl.col("time").cast(TIME))
    return _Ordered(table, nanoseconds(table, "time"), nanoseconds(table, "known_at"))
