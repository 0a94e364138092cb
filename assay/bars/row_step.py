"""The step from OHLCV row to bar, beside the step from tick to bar: the same state, the same rules of closing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from assay.bars.periods import periods
from assay.bars.rows import Rows
from assay.bars.step import DOLLAR, TICK, TIME, Bars, close_bar, open_bar, tick_rule
from assay.types import Ints

ROW = np.dtype(
    [
        ("session", "<i8"),
        ("period", "<i8"),
        ("complete", "<i8"),
        ("opened_ns", "<i8"),
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


def prepared(rows: Rows, days: Ints, kind: int, threshold: float) -> Bars:
    """Return rows as the step takes them, array of ``ROW``, shape (n,); only time bars have periods."""
    made = np.zeros(days.size, ROW)
    made["session"] = days
    if kind == TIME:
        made["period"], made["complete"] = periods(rows, days, int(threshold))
    for name in ROW.names[3:] if ROW.names else ():
        made[name] = getattr(rows, name)
    return made


@njit(cache=True)
def step(state: Any, row: Any, kind: int, threshold: float, closed: Bars, n_closed: int) -> int:
    """Take in one row and write the bars it closes: none, one, or two.

    Parameters
    ----------
    state
        The open bar, changed in place: ``assay.bars.step.BAR``.
    row
        One ``ROW``; of a negative session it is passed over.
    kind
        ``TIME``, ``TICK``, ``VOLUME`` or ``DOLLAR``.
    threshold
        What fills a bar: nanoseconds, ticks, units, or price times units.
    closed
        Where closed bars are written, from ``n_closed`` on.
    n_closed
        Bars written so far.

    Returns
    -------
    int
        Bars written with this row.

    Notes
    -----
    A row is added as a whole, and closes its bar if that fills the threshold or ends the period: unlike a tick, it
    shows by itself that its period is over. A row without ticks adds no price, but time goes on.
    """
    if row.session < 0:
        return n_closed
    if state.n_ticks > 0 and (row.session != state.session or row.period != state.period):
        state.partial = row.session != state.session
        n_closed = close_bar(state, closed, n_closed)
    if row.n_ticks > 0:
        _take(state, row)
        state.filled += _share(row, kind)
    if state.n_ticks > 0:
        state.closed_ns = max(state.closed_ns, row.known_ns)
        if row.complete == 1 or (kind != TIME and state.filled >= threshold):
            n_closed = close_bar(state, closed, n_closed)
    return n_closed


@njit(cache=True)
def _share(row: Any, kind: int) -> float:
    """Return what a row adds towards the threshold."""
    if kind == TIME:
        return 0.0
    if kind == TICK:
        return float(row.n_ticks)
    return row.value if kind == DOLLAR else row.volume


@njit(cache=True)
def _take(state: Any, row: Any) -> None:
    """Add a row to the open bar, or open one with it.

    A bar opens with its first row, but not before the bar before it was known. Its path is the way from the open over
    the closes, less than the real one; its largest tick is at least the mean of its row.
    """
    sign = _side(state, row)
    if state.n_ticks == 0:
        opened_ns = row.opened_ns if math.isnan(state.last_price) else max(row.opened_ns, state.closed_ns)
        open_bar(state, row.session, row.period, opened_ns, row.open, math.nan)
    state.path += abs(row.close - state.last_price)
    state.last_price = row.close
    state.last_sign = sign
    state.high = max(state.high, row.high)
    state.low = min(state.low, row.low)
    state.n_ticks += row.n_ticks
    state.price_sum += row.n_ticks * (row.high + row.low + row.close) / 3.0
    state.volume += row.volume
    state.value += row.value
    state.largest = max(state.largest, row.volume / row.n_ticks)
    state.spread_sum = math.nan
    state.imbalance_sum = math.nan
    _add_sides(state, row, sign)


@njit(cache=True)
def _side(state: Any, row: Any) -> int:
    """Return the side of the larger part of the volume where it is given, else that of the tick rule on closes."""
    if math.isnan(row.buy_volume):
        return tick_rule(row.close, state.last_price, state.last_sign)
    return int(np.sign(2.0 * row.buy_volume - row.volume))


@njit(cache=True)
def _add_sides(state: Any, row: Any, sign: int) -> None:
    """Add the row's ticks, and its volume where it is not given by side, to the side of the row."""
    state.n_buys += row.n_ticks * (sign > 0)
    state.n_sells += row.n_ticks * (sign < 0)
    if math.isnan(row.buy_volume):
        state.buy_volume += row.volume * (sign > 0)
        state.sell_volume += row.volume * (sign < 0)
    else:
        state.buy_volume += row.buy_volume
        state.sell_volume += row.volume - row.buy_volume


@njit(cache=True)
def run(state: Bars, rows: Bars, kind: int, threshold: float, closed: Bars) -> int:
    """Take in rows in order, one ``step`` each, and return how many bars were written to ``closed``."""
    n_closed = 0
    for i in range(rows.size):
        n_closed = step(state[0], rows[i], kind, threshold, closed, n_closed)
    return n_closed
