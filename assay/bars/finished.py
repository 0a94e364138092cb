"""Closed bars of one type as their table, or why there are none."""

from __future__ import annotations

import polars as pl

from assay.bars.as_table import frame
from assay.bars.closing import CODES, TICKS
from assay.bars.params import Kind
from assay.bars.state import Bars
from assay.bars.tally import Tally
from assay.errors import DataError
from assay.tables.bars import BARS


def finished(closed: Bars, kind: Kind, threshold: float, symbol: str, given: Tally) -> pl.DataFrame:
    """Return all bars of a type as table ``BARS``.

    Parameters
    ----------
    closed
        The bars, in order.
    kind, threshold
        Type of bar and what fills one.
    symbol
        Name of the instrument.
    given
        What they were made of.

    Raises
    ------
    DataError
        If bars that count sizes had none to count, no bar is filled, or a bar breaks a rule of its table.
    """
    if CODES[kind][1] != TICKS and not given.has_sizes and not closed["volume"].any():
        raise DataError(symbol, f"{kind} bars need sizes", "none above 0", f"replace bars.types.{kind} by time or tick")
    if closed.size == 0:
        found = f"{given.n_rows} {given.what}, {given.n_rows_inside} of them in a session"
        remedy = f"lower bars.types.{kind}, widen the session or fetch a longer range"
        raise DataError(symbol, f"{kind} bars of {threshold:g} need enough ticks to fill one", found, remedy)
    return BARS.check(frame(closed, symbol), f"{symbol}, {kind} bars")


def refuse_nothing(given: Tally, symbol: str) -> None:
    """Refuse a history without a tick or a row.

    Raises
    ------
    DataError
        If nothing was counted.
    """
    if not given.n_rows:
        raise DataError(symbol, "bars need ticks", "none", "fetch a longer range")
