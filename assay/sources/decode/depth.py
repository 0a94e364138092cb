"""An order book from its updates: each names a price and its new size, 0 for gone; snapshots begin it anew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numba import njit

from assay.market.zones import SECOND_NS
from assay.sources.decode.levels import change, clear, top
from assay.types import Flags, Floats, Ints

LEVELS = 20
"""Levels of each side that are kept."""
ALL = 1 << 62
"""More levels than any book has."""
PACE_NS = SECOND_NS
"""The book is told at the last update of each such period, so at most once per period."""
THINNED = "books_thinned"
"""Count of the books that were known but not told, since a later one of their period was."""


@dataclass(frozen=True)
class Side:
    """The updates of one side.

    Parameters
    ----------
    first
        Update i has the rows ``first[i]`` up to ``first[i + 1]``; one more entry than updates.
    price, size
        Of each row: the level and what it then holds.
    """

    first: Ints
    price: Floats
    size: Floats


def paced(time_ns: Ints, pace_ns: int = PACE_NS) -> Flags:
    """Return which updates are the last of their period; with a pace of 0 all are."""
    if not time_ns.size or not pace_ns:
        return np.ones(time_ns.size, dtype=np.bool_)
    period = time_ns // pace_ns
    return np.append(period[1:] != period[:-1], True)


def tells(time_ns: Ints, begins: Flags, pace_ns: int = PACE_NS) -> Flags:
    """Return which updates make a row: the last of each period, and of each run that a snapshot begins."""
    ends = np.append(begins[1:], True)
    return (paced(time_ns, pace_ns) | ends) & ~begins


def told(
    bids: Side, asks: Side, begins: Flags, tells: Flags, n_levels: int = LEVELS, n_kept: int = ALL
) -> pl.DataFrame:
    """Return the book after each update that is told.

    Parameters
    ----------
    bids, asks
        What each update changes.
    begins
        Per update: it is a snapshot, so all levels before it are gone.
    tells
        Per update: the book after it makes a row.
    n_levels
        Levels of each side that a row has, at most.
    n_kept
        Levels of each side that the venue keeps its readers posted of: what falls behind them is forgotten.

    Returns
    -------
    DataFrame
        bid_prices, bid_sizes, ask_prices, ask_sizes, from the best on; as many rows as `tells` has.
    """
    bid_prices, bid_sizes = _side(bids, begins, tells, (n_levels, n_kept), step=-1)
    ask_prices, ask_sizes = _side(asks, begins, tells, (n_levels, n_kept), step=1)
    return pl.DataFrame(
        {
            "bid_prices": bid_prices,
            "bid_sizes": bid_sizes,
            "ask_prices": ask_prices,
            "ask_sizes": ask_sizes,
        }
    )


def _side(side: Side, begins: Flags, tells: Flags, most: tuple[int, int], step: int) -> tuple[pl.Series, pl.Series]:
    prices, level = np.unique(side.price, return_inverse=True)
    ranks, sizes, counts = _levels(side.first, level, side.size, begins, tells, prices.size, *most, step)
    known = np.append(prices, np.nan)[ranks]
    return _lists(known, counts, most[0]), _lists(sizes, counts, most[0])


def _lists(values: Floats, counts: Ints, n_levels: int) -> pl.Series:
    """Return rows of a fixed width as lists, each cut to its count."""
    if not counts.size:
        return pl.Series(dtype=pl.List(pl.Float64))
    frame = pl.DataFrame({"row": pl.Series(values.ravel()).reshape((counts.size, n_levels)).arr.to_list(), "n": counts})
    return frame.select(pl.col("row").list.head(pl.col("n"))).to_series()


@njit(cache=True)
def _levels(
    first: Ints,
    level: Ints,
    size: Floats,
    begins: Flags,
    tells: Flags,
    n_prices: int,
    n_levels: int,
    n_kept: int,
    step: int,
) -> tuple[Ints, Floats, Ints]:
    """Replay one side; ``step`` 1 looks for the best from the lowest price up, -1 from the highest down."""
    held, ends = np.zeros(n_prices), np.zeros(3, np.int64)
    clear(held, ends, step)
    n_told = tells.sum()
    ranks = np.full((n_told, n_levels), n_prices)
    sizes = np.full((n_told, n_levels), np.nan)
    counts = np.zeros(n_told, np.int64)
    row = 0
    for i in range(begins.size):
        if begins[i]:
            clear(held, ends, step)
        rows = slice(first[i], first[i + 1])
        change(held, ends, level[rows], size[rows], step, n_kept)
        if tells[i]:
            counts[row] = top(held, ends, step, ranks[row])
            sizes[row, : counts[row]] = held[ranks[row, : counts[row]]]
            row += 1
    return ranks, sizes, counts
