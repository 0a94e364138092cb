"""How many ticks or rows bars were made of: counted as they come, so that none needs to be kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from assay.bars.rows import n_ticks_of
from assay.types import Ints


@dataclass
class Tally:
    """Running counts of ticks or OHLCV rows.

    Parameters
    ----------
    n_rows, n_rows_inside
        Rows, and those of them that lie in a session.
    n_ticks, n_ticks_inside
        Ticks that they count for: see ``assay.bars.rows.n_ticks_of``.
    has_sizes
        Whether any size is above 0.
    what
        What the rows are, in words.
    """

    n_rows: int = 0
    n_rows_inside: int = 0
    n_ticks: int = 0
    n_ticks_inside: int = 0
    has_sizes: bool = False
    what: str = "ticks"

    def add(self, prices: pl.DataFrame, days: Ints) -> None:
        """Count the next quotes, trades or OHLCV rows, whose session days are ``days``, -1 outside."""
        inside = days >= 0
        n_inside = int(np.count_nonzero(inside))
        n_ticks, n_ticks_inside = prices.height, n_inside
        if "opened_at" in prices.columns:
            self.what, ticks = "OHLCV rows", n_ticks_of(prices)
            n_ticks, n_ticks_inside = int(ticks.sum()), int(ticks[inside].sum())
        self.n_rows += prices.height
        self.n_rows_inside += n_inside
        self.n_ticks += n_ticks
        self.n_ticks_inside += n_ticks_inside
        self.has_sizes = self.has_sizes or _has_sizes(prices)


def tally(prices: pl.DataFrame, days: Ints) -> Tally:
    """Return the counts of one frame."""
    counted = Tally()
    counted.add(prices, days)
    return counted


def _has_sizes(prices: pl.DataFrame) -> bool:
    return bool(prices.select(pl.any_horizontal(pl.col("^(size|bid_size|ask_size|volume)$") > 0.0).any()).item())
