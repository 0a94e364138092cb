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
        Price of the trade, or the mid of the quote: halfway between bid and ask.
    size
        Units traded, or the mean of those quoted on both sides.
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
        If a size is below 0: a bar would empty as it takes it in, and might never be filled.
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
        nanoseconds(frame, "time"),
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
    side = np.ascontiguousarray(frame.get_column("side").to_numpy())
    return Ticks(nanoseconds(frame, "time"), _numbers(frame, "price"), _numbers(frame, "size"), side, None, None)


def _refuse_negative(sizes: Floats, name: str) -> None:
    if np.nanmin(sizes, initial=0.0) < 0.0:
        row = int(np.argmax(sizes < 0.0))
        raise DataError(f"{name} of ticks", "must be 0 or more", f"{sizes[row]:g} in row {row}", "leave such ticks out")


def _numbers(frame: pl.DataFrame, name: str) -> Floats:
    return np.ascontiguousarray(frame.get_column(name).to_numpy())
