"""Ticks as the columns that bars are made of: the price of a trade, the middle of a quote."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from assay.errors import DataError
from assay.tables.flags import Flag, flagged
from assay.tables.instants import nanoseconds
from assay.types import Floats, Ints, Signs, read_only


class Ticks(NamedTuple):
    """Columns of ticks, each contiguous and of shape (n,).

    Parameters
    ----------
    time_ns
        Nanoseconds since 1970-01-01 UTC, never falling.
    price
        Price of the trade, or the mid of the quote: halfway between bid and ask; above 0 where money fills bars.
    size
        Units traded, or the mean of those quoted on both sides; 0 or more, which :func:`columns` sees to.
    side
        Aggressor: +1, -1, 0 where it is not given; None for quotes.
    spread
        Ask - bid; None for trades.
    imbalance
        ``(bid_size - ask_size) / (bid_size + ask_size)``; 0 where no size is given; None for trades.
    bid, ask, bid_size, ask_size
        The quote itself; None for trades.
    """

    time_ns: Ints
    price: Floats
    size: Floats
    side: Signs | None
    spread: Floats | None
    imbalance: Floats | None
    bid: Floats | None = None
    ask: Floats | None = None
    bid_size: Floats | None = None
    ask_size: Floats | None = None


def columns(frame: pl.DataFrame) -> Ticks:
    """Return the columns of a frame of quotes or trades.

    Quotes count by their mid, since fills pay half the spread from it: bars of one side would turn every change of the
    spread into a profit or loss.

    Raises
    ------
    DataError
        If a column is missing or not of numbers, a side is not +1, 0 or -1, or a size is below 0: a bar would empty as
        it takes it in, and might never be filled.
    """
    for name in ("bid_size", "ask_size") if "bid" in frame.columns else ("size",):
        _refuse_negative(_numbers(frame, name), name)
    return _of_quotes(frame) if "bid" in frame.columns else _of_trades(frame)


def uncrossed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return prices without the quotes that are flagged as crossed: their spread is negative, and no cost."""
    crossed = flagged(Flag.CROSSED)
    if "bid" not in frame.columns or not frame.select(crossed.any()).item():
        return frame
    return frame.filter(~crossed)


def part(ticks: Ticks, rows: slice) -> Ticks:
    """Return some of the ticks, read-only: see ``assay.types.read_only``."""
    return Ticks(*(None if column is None else read_only(column[rows]) for column in ticks))  # type: ignore[arg-type]


def _of_quotes(frame: pl.DataFrame) -> Ticks:
    bid, ask, bid_size, ask_size = (_numbers(frame, name) for name in ("bid", "ask", "bid_size", "ask_size"))
    sizes = bid_size + ask_size
    given = sizes > 0.0
    return Ticks(
        _instants(frame),
        price=0.5 * (bid + ask),
        size=0.5 * sizes,
        side=None,
        spread=ask - bid,
        imbalance=np.where(given, (bid_size - ask_size) / np.where(given, sizes, 1.0), 0.0),
        bid=bid,
        ask=ask,
        bid_size=bid_size,
        ask_size=ask_size,
    )


def _of_trades(frame: pl.DataFrame) -> Ticks:
    price, size = _numbers(frame, "price"), _numbers(frame, "size")
    return Ticks(_instants(frame), price, size, _sides(frame), None, None)


def _instants(frame: pl.DataFrame) -> Ints:
    return nanoseconds(_column(frame, "time").to_frame(), "time")


def _sides(frame: pl.DataFrame) -> Signs:
    side = _column(frame, "side")
    if side.null_count():
        raise DataError("side of ticks", "must be given", "null", "fill it with 0: the tick rule tells it then")
    if not side.dtype.is_integer() or not side.is_between(-1, 1).all():
        found = f"{side.unique().sort()[:5].to_list()} of type {side.dtype}"
        raise DataError("side of ticks", "must be the integers +1, 0 and -1", found, "turn your sides into these")
    return np.ascontiguousarray(side.cast(pl.Int8).to_numpy())


def _refuse_negative(sizes: Floats, name: str) -> None:
    if np.nanmin(sizes, initial=0.0) < 0.0:
        row = int(np.argmax(sizes < 0.0))
        raise DataError(f"{name} of ticks", "must be 0 or more", f"{sizes[row]:g} in row {row}", "leave such ticks out")


def _numbers(frame: pl.DataFrame, name: str) -> Floats:
    column = _column(frame, name)
    if not column.dtype.is_numeric():
        raise DataError(f"{name} of ticks", "must be numbers", column.dtype, "cast the column")
    return np.ascontiguousarray(column.cast(pl.Float64).to_numpy())


def _column(frame: pl.DataFrame, name: str) -> pl.Series:
    if name not in frame.columns:
        raise DataError("ticks", f"need a column {name}", ", ".join(frame.columns), "add the column")
    return frame.get_column(name)
