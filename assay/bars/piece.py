"""What a piece of ticks or rows must be for bars to be made of it."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from assay.bars.params import Kind
from assay.bars.rows import Rows
from assay.bars.state import Bars
from assay.bars.ticks import Ticks
from assay.errors import DataError
from assay.types import Ints

_NUMBERS = ("open", "high", "low", "close", "volume", "value")


def refuse_uneven(prices: Ticks | Rows, days: Ints, kind: Kind) -> None:
    """Refuse columns of different lengths: what is beyond the shortest would be dropped, or read from elsewhere.

    Raises
    ------
    DataError
        If a column has not as many values as there are session days.
    """
    given = prices if isinstance(prices, tuple) else [getattr(prices, one.name) for one in fields(prices)]
    for column in given:
        if column is not None and column.size != days.size:
            rule, found = "each tick or row has a session day", f"{column.size} values of {days.size} days"
            raise DataError(f"{kind} bars", rule, found, "pass columns and days of one length")


def refuse_no_days(days: Ints, kind: Kind) -> None:
    """Refuse session days that are no whole numbers: a part of a day would be cut off, or be a session of its own.

    Raises
    ------
    DataError
        If they are of another type than signed whole numbers.
    """
    if days.dtype.kind != "i":
        rule = "session days are signed whole numbers"
        raise DataError(f"{kind} bars", rule, days.dtype, "tell days by assay.bars.sessions.row_days")


def refuse_broken(bars: Bars, kind: Kind) -> None:
    """Refuse bars that a NaN or an infinity among the ticks has spoiled."""
    wrong = np.flatnonzero(~np.isfinite(bars["price_sum"] + bars["volume"]))
    if wrong.size:
        opened = bars["opened_ns"][wrong[:1]].view("M8[ns]")[0]
        rule, found = "prices and sizes are finite numbers", f"NaN or infinity in the bar opened at {opened}"
        raise DataError(f"{kind} bars", rule, found, "look for them in the source's prices and sizes")


def refuse_broken_rows(rows: Rows, days: Ints, kind: Kind) -> None:
    """Refuse rows of sessions whose numbers are none, or sums below 0; ``buy_volume`` may be NaN where it is not given.

    Raises
    ------
    DataError
        With the first of them. Rows without trades, whose prices count nowhere, may hold anything.
    """
    broken = ~np.isfinite([getattr(rows, name) for name in _NUMBERS]).all(axis=0) | np.isinf(rows.buy_volume)
    below = (np.minimum(rows.volume, rows.value) < 0.0) | (rows.buy_volume < 0.0)
    inside = (days >= 0) & (rows.n_ticks > 0)
    for wrong, rule, what in (
        (broken, "prices and sizes are finite numbers", "NaN or infinity"),
        (below, "volume, value and buy_volume are 0 or more", "less"),
    ):
        row = np.flatnonzero(wrong & inside)[:1]
        if row.size:
            found = f"{what} in the row opened at {rows.opened_ns[row].view('M8[ns]')[0]}"
            remedy = "look for it in the source's prices, volume, value and buy_volume"
            raise DataError(f"{kind} bars", rule, found, remedy)


def refuse_falling(before: int, made: Bars, after: int, kind: Kind) -> None:
    """Refuse session days that fall: every session of ticks leaves a bar, so bars show it.

    Parameters
    ----------
    before, after
        Session of the state before a piece, and of the one after it.
    made
        Bars that the piece closed.
    kind
        Their type.

    Raises
    ------
    DataError
        With the first fall.
    """
    if after >= before and not made.size:
        return
    sessions = np.empty(made.size + 2, np.int64)
    sessions[0], sessions[1:-1], sessions[-1] = before, made["session"], after
    _refuse_falling(sessions, kind)


def refuse_falling_days(before: int, days: Ints, kind: Kind) -> None:
    """Refuse session days that fall, told by the days themselves: a session of rows without trades leaves no bar.

    Parameters
    ----------
    before
        Session of the state before.
    days
        Session day of each row, shape (n,); those outside (-1) are passed over.
    kind
        Type of bar.

    Raises
    ------
    DataError
        With the first fall.
    """
    _refuse_falling(np.append(before, days[days >= 0]), kind)


def _refuse_falling(sessions: Ints, kind: Kind) -> None:
    fell = sessions[1:] < sessions[:-1]
    if fell.any():
        earlier, later = sessions[int(np.argmax(fell)) :][:2]
        rule, remedy = "session days never fall", "tell days by assay.bars.sessions.row_days"
        raise DataError(f"{kind} bars", rule, f"{later} after {earlier}", remedy)
