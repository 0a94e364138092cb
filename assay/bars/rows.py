"""OHLCV rows as the columns that bars are made of: what a row holds, and what is put in for what it lacks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from assay.tables.context import ACTIONS, OPEN_INTEREST
from assay.tables.flags import Flag
from assay.tables.instants import nanoseconds
from assay.tables.ohlcv import OHLCV
from assay.tables.table import Table
from assay.tables.ticks import QUOTES, TRADES
from assay.types import Flags, Floats, Ints

ROUNDING = 1e-3
"""Share by which value / volume may lie outside low to high: venues round what they print."""


@dataclass(frozen=True)
class Rows:
    """Columns of OHLCV rows, each contiguous and of shape (n,).

    Parameters
    ----------
    opened_ns, closed_ns
        First instant of the period and first instant after it, ns since 1970-01-01 UTC.
    known_ns
        When a reader could have had the row, ``closed_ns`` or later.
    open, high, low, close
        Prices; open and close lie between low and high.
    volume
        Units traded.
    value
        Quote currency traded.
    buy_volume
        Units that a buyer took; NaN where it is not given.
    n_ticks
        Trades; 1 where they are not given, 0 where nothing was traded.
    """

    opened_ns: Ints
    closed_ns: Ints
    known_ns: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    value: Floats
    buy_volume: Floats
    n_ticks: Ints


def table_of(frame: pl.DataFrame) -> Table:
    """Return the table that a frame of prices, actions or open interest belongs to, by its columns."""
    marks = {"opened_at": OHLCV, "split": ACTIONS, "open_interest": OPEN_INTEREST, "bid": QUOTES}
    return next((table for name, table in marks.items() if name in frame.columns), TRADES)


def columns(frame: pl.DataFrame) -> Rows:
    """Return the columns of OHLCV rows, completed by these rules, whose rows :func:`rules` counts.

    Notes
    -----
    - A row without volume that is flagged flat or has 0 trades counts no ticks: its prices were carried forward.
    - Trades that are not given count as one.
    - A value that is not given is volume times the typical price ``(high + low + close) / 3``.
    - Of a row flagged for its range, an open or close outside low to high is put at the nearer of the two.
    """
    high, low = _numbers(frame, "high"), _numbers(frame, "low")
    outside = _flagged(frame, Flag.RANGE)
    open_, close = (
        np.where(outside, np.clip(_numbers(frame, name), low, high), _numbers(frame, name))
        for name in ("open", "close")
    )
    volume, value = _numbers(frame, "volume"), _numbers(frame, "value")
    typical = (high + low + close) / 3.0
    return Rows(
        opened_ns=nanoseconds(frame, "opened_at"),
        closed_ns=nanoseconds(frame, "closed_at"),
        known_ns=nanoseconds(frame, "known_at"),
        open=open_,
        high=high,
        low=low,
        close=close,
        volume=volume,
        value=np.where(np.isnan(value), volume * typical, value),
        buy_volume=_numbers(frame, "buy_volume"),
        n_ticks=n_ticks_of(frame),
    )


def n_ticks_of(frame: pl.DataFrame) -> Ints:
    """Return the ticks that each row counts for, shape (n,): one each of quotes and trades, its trades of OHLCV."""
    if "opened_at" not in frame.columns:
        return np.ones(frame.height, np.int64)
    return np.where(_quiet(frame), 0, np.maximum(frame.get_column("n_trades").to_numpy(), 1))


def rules(frame: pl.DataFrame, inside: Flags) -> dict[str, int]:
    """Return how many rows of sessions each rule of :func:`columns` changed or passed over, by the rule's name.

    The last one changes nothing: where it counts, ``vwap`` and dollar bars are not in the prices' currency.

    Parameters
    ----------
    frame
        OHLCV rows.
    inside
        Which of them belong to a session, shape (n,).
    """
    quiet, outside = _quiet(frame), _flagged(frame, Flag.RANGE)
    high, low = _numbers(frame, "high"), _numbers(frame, "low")
    moved = {
        name: outside & ((_numbers(frame, name) > high) | (_numbers(frame, name) < low)) for name in ("open", "close")
    }
    hit = {
        "without_trades_counts_no_tick": quiet,
        "trades_not_given_count_1": ~quiet & (frame.get_column("n_trades").to_numpy() <= 0),
        "value_from_typical_price": ~quiet & np.isnan(_numbers(frame, "value")),
        "open_put_inside_range": ~quiet & moved["open"],
        "close_put_inside_range": ~quiet & moved["close"],
        "value_is_not_price_times_volume": ~quiet & _odd_value(frame),
    }
    return {name: int(np.count_nonzero(rows & inside)) for name, rows in hit.items()}


def _odd_value(frame: pl.DataFrame) -> Flags:
    """Tell where value / volume is no price of the row, as in contracts that are not counted in units of the base."""
    value, volume = _numbers(frame, "value"), _numbers(frame, "volume")
    low, high = _numbers(frame, "low") * (1.0 - ROUNDING), _numbers(frame, "high") * (1.0 + ROUNDING)
    return (volume > 0.0) & ((value < volume * low) | (value > volume * high))


def _quiet(frame: pl.DataFrame) -> Flags:
    """Tell which rows hold no trade: no volume, and flagged flat or of 0 trades."""
    none = _flagged(frame, Flag.FLAT) | (frame.get_column("n_trades").to_numpy() == 0)
    return none & (_numbers(frame, "volume") == 0.0)


def _flagged(frame: pl.DataFrame, flag: Flag) -> Flags:
    return (frame.get_column("flags").to_numpy() & np.uint16(flag)) != 0


def _numbers(frame: pl.DataFrame, name: str) -> Floats:
    return np.ascontiguousarray(frame.get_column(name).to_numpy())
