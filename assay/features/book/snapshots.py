"""The order book that a reader had at each close."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
import polars as pl

from assay.features.beside import in_order, rows
from assay.features.inputs import Inputs
from assay.features.params.book import BookParams
from assay.market import zones
from assay.stats.rounding import in_ticks
from assay.tables import depth
from assay.types import Flags, Floats, Ints

KIND = "book"

SideName: TypeAlias = Literal["bid", "ask"]
SIDES: tuple[SideName, SideName] = ("bid", "ask")


@dataclass(frozen=True)
class Side:
    """Bids or asks of n books, m levels from the best on.

    Parameters
    ----------
    price
        In ticks, shape (n, m); 0 beyond the levels there are.
    size
        Units, shape (n, m); 0 beyond them.
    n_levels
        Levels of each book, shape (n,).
    """

    price: Floats
    size: Floats
    n_levels: Ints

    @cached_property
    def held(self) -> Floats:
        """Units from the best level to each one, summed in this order, shape (n, m)."""
        return np.cumsum(self.size, axis=1)

    @cached_property
    def best(self) -> Floats:
        """Best price, ticks, shape (n,); NaN where there is none."""
        return np.where(self.n_levels > 0, self.price[:, 0], np.nan)

    @cached_property
    def whole(self) -> Floats:
        """Units of all levels, shape (n,); NaN where there is none."""
        return np.where(self.n_levels > 0, self.held[:, -1], np.nan)

    def total(self, n_levels: int) -> Floats:
        """Return the units of the best levels, shape (n,); NaN where there are fewer."""
        there = self.n_levels >= n_levels
        return np.where(there, self.held[:, min(n_levels, self.held.shape[1]) - 1], np.nan)


@dataclass(frozen=True)
class Books:
    """The book known at each of n closes; of no levels where there is none, it is too old, one-sided or crossed."""

    bids: Side
    asks: Side

    def side(self, name: SideName) -> Side:
        """Return the bids or the asks."""
        return self.bids if name == "bid" else self.asks

    @cached_property
    def mid(self) -> Floats:
        """Halfway between best bid and best ask, ticks, shape (n,)."""
        return (self.bids.best + self.asks.best) / 2.0

    @cached_property
    def spread(self) -> Floats:
        """Best ask less best bid, ticks, shape (n,)."""
        return self.asks.best - self.bids.best


def books(x: Inputs, params: BookParams) -> Books:
    """Return the book known at each close of the bars, its best ``params.levels`` levels."""
    return x.once(f"books {params.levels} {params.oldest_seconds}", lambda: _books(x, params))


def _books(x: Inputs, params: BookParams) -> Books:
    row = rows(x, KIND, params.oldest_seconds * zones.SECOND_NS)
    there = row >= 0
    known = _picked(in_order(x, KIND), row[there])
    sound = _sound(known)
    there[there] = sound
    told = known.filter(sound)
    tick_size = x.instrument.tick_size
    return Books(*(_side(told, side, there, params.levels, tick_size) for side in SIDES))


def _picked(table: pl.DataFrame, rising: Ints) -> pl.DataFrame:
    """Return rows of a table, picked in the part that holds them: polars may copy a whole column of lists for a few."""
    if not rising.size:
        return table.clear()
    first, last = int(rising[0]), int(rising[-1])
    return table.slice(first, last - first + 1)[rising - first]


def _sound(told: pl.DataFrame) -> Flags:
    """Return which books have two sides, and no bid above an ask."""
    two = (pl.col("bid_prices").list.len() > 0) & (pl.col("ask_prices").list.len() > 0)
    return told.select(two & ~depth.CROSSED.fill_null(value=True)).to_series().to_numpy()


def _side(told: pl.DataFrame, side: SideName, there: Flags, levels: int, tick_size: float) -> Side:
    """Return bids or asks, as many levels as the deepest book holds, and no more than those that are looked at."""
    best = told.select(pl.col(f"{side}_prices", f"{side}_sizes").list.head(levels))
    prices, sizes = (column.explode().drop_nulls().to_numpy() for column in best)
    n_levels = np.zeros(there.size, np.int64)
    n_levels[there] = best.to_series().list.len().to_numpy()
    held = np.arange(np.max(n_levels, initial=1)) < n_levels[:, None]
    price, size = np.zeros(held.shape), np.zeros(held.shape)
    price[held], size[held] = in_ticks(prices, tick_size), sizes
    return Side(price, size, n_levels)
