"""Periods of time bars made of OHLCV rows: which period a row falls into, and whether it completes it."""

from __future__ import annotations

import numpy as np
import polars as pl

from assay.bars.clock import period_end
from assay.bars.rows import Rows
from assay.errors import DataError
from assay.market.zones import DAY_NS, SECOND_NS
from assay.tables.table import TIME
from assay.types import Flags, Ints

SHORTEST_DAY_NS, LONGEST_DAY_NS = 23 * DAY_NS // 24, 25 * DAY_NS // 24
"""A row of a day is as long as a day is, also when clocks change."""

LONGEST_NS = 2.0**62
"""A period beyond every date, which whole nanoseconds still hold."""

WHERE = "bars.types.time"


def whole_ns(seconds: float) -> int:
    """Return a period in whole nanoseconds: 1 at least, and no longer than any date needs."""
    return round(min(max(seconds * SECOND_NS, 1.0), LONGEST_NS))


def periods(rows: Rows, days: Ints, period_ns: int) -> tuple[Ints, Flags]:
    """Return the period of each row, and which rows complete theirs.

    Parameters
    ----------
    rows
        OHLCV rows.
    days
        Session day of each row, shape (n,); rows outside (-1) may lie anywhere.
    period_ns
        Period of a bar, ns.

    Returns
    -------
    periods, complete
        A number for each row, equal for rows of one period, and whether the period ends with the row, both shape (n,).

    Raises
    ------
    DataError
        If a period is not a whole multiple of a row's, or a row reaches into two periods.

    Notes
    -----
    Periods are counted from 1970-01-01 UTC. Two kinds of row stand for themselves: one that is as long as the bar,
    whatever its beginning (an hour from 09:30), and one of a day, which counts as its trading day.
    """
    length_ns = rows.closed_ns - rows.opened_ns
    daily = (length_ns >= SHORTEST_DAY_NS) & (length_ns <= LONGEST_DAY_NS) & (period_ns % DAY_NS == 0)
    own = ~daily & (length_ns == period_ns)
    first, last = rows.opened_ns // period_ns, (rows.closed_ns - 1) // period_ns
    _refuse(rows, (days >= 0) & ~daily & ~own, first != last, period_ns)
    number = np.where(daily, days // max(period_ns // DAY_NS, 1), np.where(own, rows.opened_ns, first))
    complete = (
        own | (daily & (period_ns == DAY_NS)) | (~daily & (rows.closed_ns == period_end(rows.opened_ns, period_ns)))
    )
    return number, complete


def _refuse(rows: Rows, used: Flags, cut: Flags, period_ns: int) -> None:
    """Refuse a period that rows do not fill evenly."""
    length_ns = rows.closed_ns - rows.opened_ns
    uneven = np.flatnonzero(used & (period_ns % length_ns != 0))
    if uneven.size:
        row_s = length_ns[uneven[0]] / SECOND_NS
        rule = f"rows of {row_s:g} s make time bars of whole multiples of {row_s:g} s only"
        remedy = f"set {WHERE} to a multiple of {row_s:g}, or fetch a finer data.interval"
        raise DataError(WHERE, rule, f"{period_ns / SECOND_NS:g}", remedy)
    across = np.flatnonzero(used & cut)
    if across.size:
        row = int(across[0])
        opened, closed = pl.Series([rows.opened_ns[row], rows.closed_ns[row]]).cast(TIME)
        rule = f"a row lies inside one period of {period_ns / SECOND_NS:g} s, counted from 1970-01-01 UTC"
        remedy = (
            f"set {WHERE} to {(rows.closed_ns - rows.opened_ns)[row] / SECOND_NS:g}, or fetch a finer data.interval"
        )
        raise DataError(WHERE, rule, f"one from {opened} to {closed}", remedy)
