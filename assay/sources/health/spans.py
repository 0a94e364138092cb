"""What each row covers: an instant, or a period; and when the next one is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from assay.market.calendars import MINUTE_NS
from assay.tables.kinds import PRICES, Kind, clock
from assay.types import Ints

EVENTS: tuple[Kind, ...] = ("liquidations", "actions")
"""Kinds whose rows come when something happens, so that nothing is ever missing between two of them."""
LONGEST_STEP_NS = 210 * MINUTE_NS
"""The shortest session of a stock exchange, 9:30 to 13:00: a day without it is a gap also among daily bars."""


@dataclass(frozen=True)
class Spans:
    """When rows begin and end, ns since 1970-01-01 UTC, shape (n,) each; ticks end when they begin.

    ``step_ns`` is the usual time from row to row, ``least_ns`` the shortest open time without a row that is a gap; 0
    where there are none.
    """

    begin_ns: Ints
    end_ns: Ints
    step_ns: int
    least_ns: int


def spans(frame: pl.DataFrame, kind: Kind) -> Spans:
    """Return what the rows of a table cover.

    Notes
    -----
    A gap is a minute of quotes or trades; among bars a missing bar, or of longer bars 210 open minutes; among rows that
    come at a pace of their own 1.5 times the median step, a minute or more. Events have none.
    """
    begin = instants(frame, clock(kind))
    end = instants(frame, "closed_at") if kind == "ohlcv" else begin
    if not begin.size:
        return Spans(begin, end, 0, 0)
    step = int(np.median(end - begin if kind == "ohlcv" else np.diff(begin))) if begin.size > 1 else 0
    if kind == "ohlcv":
        return Spans(begin, end, step, min(step, LONGEST_STEP_NS))
    if kind in PRICES:
        return Spans(begin, end, step, MINUTE_NS)
    paced = step > 0 and kind not in EVENTS
    return Spans(begin, end, step, max(MINUTE_NS, 3 * step // 2) if paced else 0)


class Minutes(NamedTuple):
    """Begin and end of every minute that has rows, ns, and its number of rows; of bars, of every bar. In order."""

    begin_ns: Ints
    end_ns: Ints
    n_rows: Ints


def minutes(covered: Spans) -> Minutes:
    """Return the minutes that have rows; of bars, the bars."""
    if np.any(covered.end_ns > covered.begin_ns):
        return Minutes(covered.begin_ns, covered.end_ns, np.ones(covered.begin_ns.size, np.int64))
    minute, n_rows = runs(covered.begin_ns // MINUTE_NS)
    return Minutes(minute * MINUTE_NS, (minute + 1) * MINUTE_NS, n_rows)


def runs(values: Ints, n_rows: Ints | None = None) -> tuple[Ints, Ints]:
    """Return each value of a list in order, and how often it is there, or the sum of what it counts for."""
    first = np.flatnonzero(np.diff(values, prepend=values[:1] - 1))
    if n_rows is not None and first.size:
        return values[first], np.add.reduceat(n_rows, first)
    return values[first], np.diff(first, append=values.size)


def instants(frame: pl.DataFrame, name: str) -> Ints:
    """Return a column of instants, ns since 1970-01-01 UTC, shape (n,)."""
    return frame[name].to_physical().to_numpy()
