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


def refuse_broken_rows(rows: Rows, days: Ints, kind: Kind) -> None:
    """Refuse rows of sessions that hold a NaN or an infinity; ``buy_volume`` may be NaN, for it is not always given.

    Raises
    ------
    DataError
        With the first of them. Rows without trades, whose prices count nowhere, may hold anything.
    """
    wrong = ~np.isfinite([getattr(rows, name) for name in _NUMBERS]).all(axis=0) | np.isinf(rows.buy_volume)
    found = np.flatnonzero(wrong & (days >= 0) & (rows.n_ticks > 0))
    if found.size:
        opened = rows.opened_ns[found[:1]].view("M8[ns]")[0]
        rule = "prices and sizes are finite numbers"
        remedy = "look for it in the source's prices, volume, value and buy_volume"
        raise DataError(f"{kind} bars", rule, f"NaN or infinity in the row opened at {opened}", remedy)


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
    fell = sessions[1:] < sessions[:-1]
    if fell.any():
        earlier, later = sessions[int(np.argmax(fell)) :][:2]
        rule, remedy = "session days never fall", "tell days by assay.bars.sessions.row_days"
        raise DataError(f"{kind} bars", rule, f"{later} after {earlier}", remedy)
