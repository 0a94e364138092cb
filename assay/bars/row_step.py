"""The step from OHLCV row to bar, beside the step from tick to bar: the same state, the same rules of closing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from assay.bars.closing import MONEY, TICKS, TIME, broken, cut, full, is_open, left
from assay.bars.expectation import Rule
from assay.bars.periods import periods
from assay.bars.rows import Rows
from assay.bars.state import Bars, Counts, State, Sums, read, write
from assay.bars.step import joined, tick_rule
from assay.tables.bars import ROUNDING
from assay.types import Floats, Ints

ROW = np.dtype(
    [
        ("session", "<i8"),
        ("period", "<i8"),
        ("complete", "<i8"),
        ("opened_ns", "<i8"),
        ("closed_ns", "<i8"),
        ("known_ns", "<i8"),
        ("n_ticks", "<i8"),
        ("open", "<f8"),
        ("high", "<f8"),
        ("low", "<f8"),
        ("close", "<f8"),
        ("volume", "<f8"),
        ("value", "<f8"),
        ("buy_volume", "<f8"),
    ]
)
"""A row with its session and its period; ``complete`` is 1 where the period ends with the row."""


def prepared(rows: Rows, days: Ints, form: int, threshold: float) -> Bars:
    """Return rows as the step takes them, records of ``ROW``, shape (n,); only time bars have periods."""
    made = np.zeros(days.size, ROW).view(np.recarray)
    made["session"] = days
    if form == TIME:
        made["period"], made["complete"] = periods(rows, days, int(threshold))
    for name in ROW.names[3:] if ROW.names else ():
        made[name] = getattr(rows, name)
    return made


@njit(cache=True)
def of_row(bar: State, row: Any, unit: int) -> State:
    """Return a row that was traded in as a bar of its own; ``bar`` holds the price, the sign and the time before it.

    A bar opens with its first row, but not before the bar before it was known. Its path is the way from the open over
    the closes, less than the real one; its largest tick is at least the mean of its row. Ticks, and volume where it is
    not given by side, are of the side of the row.
    """
    sign, n = _side(bar, row), row.n_ticks
    first = math.isnan(bar.sums.last_price)
    opened_ns = row.opened_ns if first else max(row.opened_ns, bar.counts.closed_ns)
    closed_ns = row.known_ns if first else max(row.known_ns, bar.counts.closed_ns)
    bought, sold = row.volume * (sign > 0), row.volume * (sign < 0)
    if not math.isnan(row.buy_volume):
        bought, sold = row.buy_volume, _sold(row)
    price_sum, path = n * (row.high + row.low + row.close) / 3.0, abs(row.close - row.open)
    amount = float(n) if unit == TICKS else (row.value if unit == MONEY else row.volume)
    return State(
        Counts(
            *(row.session, row.period, opened_ns, closed_ns),
            *(n, n * (sign > 0), n * (sign < 0), 0, sign, read(bar, row.opened_ns, row.closed_ns)),
        ),
        Sums(
            *(row.open, row.high, row.low, row.close, price_sum),
            *(row.volume, bought, sold, row.value, path, row.volume / n),
            *(math.nan, math.nan, math.nan, math.nan, math.nan, math.nan, math.nan, math.nan),
            *(amount, 0.0),
        ),
        bar.expected,
    )


@njit(cache=True)
def _side(bar: State, row: Any) -> int:
    """Return the side of the larger part of the volume where it is given, else that of the tick rule on closes."""
    if math.isnan(row.buy_volume):
        return tick_rule(row.close, bar.sums.last_price, bar.counts.last_sign)
    return int(np.sign(2.0 * row.buy_volume - row.volume))


@njit(cache=True)
def _sold(row: Any) -> float:
    """Return the units that a seller took, 0 where all were bought but for the rounding of the two."""
    sold = row.volume - row.buy_volume
    return 0.0 if -ROUNDING * row.volume <= sold < 0.0 else sold


@njit(cache=True)
def _later(bar: State, row: Any) -> State:
    """Return a bar after a row without ticks, which adds no price; but time goes on for an open one."""
    c = bar.counts
    closed_ns = max(c.closed_ns, row.known_ns) if is_open(bar) else c.closed_ns
    return State(
        Counts(
            *(c.session, c.period, c.opened_ns, closed_ns),
            *(c.n_ticks, c.n_buys, c.n_sells, c.partial, c.last_sign, read(bar, row.opened_ns, row.closed_ns)),
        ),
        bar.sums,
        bar.expected,
    )


@njit(cache=True)
def taken(bar: State, row: Any, unit: int) -> State:
    """Return a bar with a row: it is added as a whole, or opens the bar."""
    if row.n_ticks == 0:
        return _later(bar, row)
    one = of_row(bar, row, unit)
    return joined(bar, one) if is_open(bar) else one


@njit(cache=True)
def run(bar: State, rows: Bars, rule: Rule, form: int, unit: int, whole: Ints, real: Floats) -> tuple[State, int]:
    """Take in rows in order, and write the bars they close: each none, one, or two.

    Parameters
    ----------
    bar
        The state before.
    rows
        Array of ``ROW``; those of a negative session are passed over.
    rule, form, unit
        What fills a bar: see ``assay.bars.closing``.
    whole, real
        Numbers of the bars to write: see ``assay.bars.state``.

    Returns
    -------
    State, int
        The state after, and how many bars were written.

    Notes
    -----
    A row closes its bar if that fills the threshold or ends the period: unlike a tick, it shows by itself that its
    period is over.
    """
    n_closed = 0
    for i in range(rows.size):
        row = rows[i]
        if row.session < 0:
            continue
        if broken(bar, row.session, row.period):
            bar = cut(bar, row.session, rule, form)
            write(bar, whole, real, n_closed)
            n_closed += 1
            bar = left(bar)
        bar = taken(bar, row, unit)
        if is_open(bar) and (row.complete == 1 or full(bar, rule, form)):
            write(bar, whole, real, n_closed)
            n_closed += 1
            bar = left(bar)
    return bar, n_closed
