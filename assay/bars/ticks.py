"""Ticks as the columns that bars are made of: the price of a trade, the middle of a quote."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from assay.types import Floats, Ints, Signs


@dataclass(frozen=True)
class Ticks:
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
        Aggressor: +1, -1, 0 where it is not given.
    spread
        Ask - bid; NaN for trades.
    imbalance
        ``(bid_size - ask_size) / (bid_size + ask_size)``; 0 where no size is given, NaN for trades.
    """

    time_ns: Ints
    price: Floats
    size: Floats
    side: Signs
    spread: Floats
    imbalance: Floats


def columns(frame: pl.DataFrame) -> Ticks:
    """Return the columns of a frame of quotes or trades.

    Quotes count by their mid, since fills pay half the spread from it: bars of one side would turn every change of the
    spread into a profit or loss.
    """
    return _of_quotes(frame) if "bid" in frame.columns else _of_trades(frame)


def _of_quotes(frame: pl.DataFrame) -> Ticks:
    bid, ask, bid_size, ask_size = (_numbers(frame, name) for name in ("bid", "ask", "bid_size", "ask_size"))
    sizes = bid_size + ask_size
    given = sizes > 0.0
    return Ticks(
        _times(frame),
        price=0.5 * (bid + ask),
        size=0.5 * sizes,
        side=np.zeros(frame.height, np.int8),
        spread=ask - bid,
        imbalance=np.where(given, (bid_size - ask_size) / np.where(given, sizes, 1.0), 0.0),
    )


def _of_trades(frame: pl.DataFrame) -> Ticks:
    unknown = np.full(frame.height, np.nan)
    side = np.ascontiguousarray(frame.get_column("side").to_numpy())
    return Ticks(_times(frame), _numbers(frame, "price"), _numbers(frame, "size"), side, unknown, unknown)


def _numbers(frame: pl.DataFrame, name: str) -> Floats:
    return np.ascontiguousarray(frame.get_column(name).to_numpy())


def _times(frame: pl.DataFrame) -> Ints:
    return np.ascontiguousarray(frame.get_column("time").to_physical().to_numpy())
