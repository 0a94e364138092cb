"""What features are computed from: the columns of the bars, shared by all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite

import numpy as np
import polars as pl

from assay.market.instruments import Instrument
from assay.market.sessions import Hours
from assay.market.zones import SECOND_NS
from assay.stats import elementary, rolling
from assay.types import Floats, Ints

_STEPS = float(1 << 20)


@dataclass(frozen=True)
class Inputs:
    """Bars of one market with its units and hours; each column is converted once.

    Parameters
    ----------
    bars
        Rows of the bars table, n of one symbol, in order.
    instrument
        The market's tick size.
    hours
        The market's hours.
    """

    bars: pl.DataFrame
    instrument: Instrument
    hours: Hours
    _columns: dict[str, Floats] = field(default_factory=dict, repr=False)

    def __getitem__(self, name: str) -> Floats:
        """Return a column of numbers as float64, shape (n,); not to be written to."""
        if name not in self._columns:
            self._columns[name] = np.array(self.bars.get_column(name).to_numpy(), np.float64)
        return self._columns[name]

    def ticks(self, name: str) -> Floats:
        """Return a price in ticks, rounded to 2^-20 of one, shape (n,).

        Sums and differences of such numbers are exact, so prices that are equal on paper (two mids, two typical
        prices, moves up and down of one size) are equal here, and another unit of money changes no bit.
        """
        key = f"{name}, ticks"
        if key not in self._columns:
            self._columns[key] = np.rint(self[name] / self.instrument.tick_size * _STEPS) / _STEPS
        return self._columns[key]

    def log(self, name: str) -> Floats:
        """Return the natural logarithm of a price in ticks, shape (n,)."""
        key = f"{name}, log ticks"
        if key not in self._columns:
            self._columns[key] = elementary.log(self.ticks(name))
        return self._columns[key]

    def holds(self, name: str) -> bool:
        """Tell whether the bars have a column's data: its first value is finite, and of a volume above 0.

        Spread and quoted imbalance of trades are NaN, the volume of quotes without sizes is 0. The first row decides,
        so that no later bar can change which features there are.
        """
        first = self[name][0]
        return isfinite(first) and (first > 0.0 or name != "volume")

    @cached_property
    def log_return(self) -> Floats:
        """Change of the log close over one bar, shape (n,); NaN in the first row."""
        return rolling.change(self.log("close"))

    @cached_property
    def typical(self) -> Floats:
        """Typical price ``(high + low + close) / 3``, ticks, shape (n,)."""
        return (self.ticks("high") + self.ticks("low") + self.ticks("close")) / 3.0

    @cached_property
    def true_range(self) -> Floats:
        """Wilder's true range, from the previous close to high and low, ticks, shape (n,); NaN in the first row."""
        before = rolling.lagged(self.ticks("close"), 1)
        return np.maximum(self.ticks("high"), before) - np.minimum(self.ticks("low"), before)

    @cached_property
    def duration_s(self) -> Floats:
        """Seconds from the first tick of a bar to its last, shape (n,)."""
        opened_ns = self.bars.get_column("opened_at").to_physical().to_numpy()
        return (self.closed_ns - opened_ns) / SECOND_NS

    @cached_property
    def closed_ns(self) -> Ints:
        """Close of each bar, ns UTC, shape (n,)."""
        return np.array(self.bars.get_column("closed_at").to_physical().to_numpy(), np.int64)

    @cached_property
    def session_day(self) -> Ints:
        """Trading day of each bar, days since 1970-01-01, shape (n,)."""
        return np.array(self.bars.get_column("session").to_physical().to_numpy(), np.int64)
