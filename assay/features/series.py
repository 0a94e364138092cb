"""Series made of the bars of one market, shared by all features: prices in ticks, returns, averages, times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self, TypeVar

import numpy as np
import polars as pl

from assay.features.memo import Memo
from assay.market import zones
from assay.market.instruments import Instrument
from assay.market.sessions import Hours
from assay.stats import elementary, rolling
from assay.stats.rounding import in_ticks
from assay.tables.instants import nanoseconds
from assay.types import Floats, Ints, read_only

T = TypeVar("T")


@dataclass(frozen=True)
class BarSeries:
    """Bars of one market with its units and hours; each series is made once.

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
    _memo: Memo = field(default_factory=Memo, repr=False, kw_only=True)
    _source: Self | None = field(default=None, repr=False, kw_only=True)

    def once(self, key: str, make: Callable[[], T], *, by_bar: bool = False) -> T:
        """Return what ``make`` gives, made at the first call with this key; not to be written to.

        Parameters
        ----------
        key
            Its name.
        make
            Called without arguments.
        by_bar
            Whether it is an array, shape (n,), each value a function of its own bar alone: a block of bars takes its
            part.
        """
        return self._memo.once(key, make, by_bar=by_bar)

    def newest(self, key: str, make: Callable[[], T]) -> T:
        """Return what ``make`` gives, kept until another is asked for: for the next entry alone."""
        return self._memo.newest(key, make)

    def by_window(self, key: str, windows: tuple[int, ...], make: Callable[[], Floats]) -> dict[int, Floats]:
        """Return rows by window, which ``make`` gives at the first call with this key and these windows."""
        return self.once(f"{key} {windows}", lambda: dict(zip(windows, make(), strict=True)))

    def __getitem__(self, name: str) -> Floats:
        """Return a column of numbers as float64, shape (n,); not to be written to."""
        return self.once(f"column {name}", lambda: np.array(self.given(name)), by_bar=True)

    def given(self, name: str) -> Floats:
        """Return the same, as the bars hold it where they can: read-only, and not kept."""
        return read_only(self.source.bars.get_column(name).to_numpy().astype(np.float64, copy=False))

    def ticks(self, name: str) -> Floats:
        """Return a price in ticks, rounded to 2^-20 of one, shape (n,).

        Sums and differences of such numbers are exact, so prices that are equal on paper (two mids, two typical
        prices, moves up and down of one size) are equal here, and another unit of money changes no bit.
        """
        return self.once(f"ticks {name}", lambda: in_ticks(self.given(name), self.instrument.tick_size), by_bar=True)

    def log(self, name: str) -> Floats:
        """Return the natural logarithm of a price in ticks, shape (n,)."""
        return self.once(f"log {name}", lambda: elementary.log(self.ticks(name)), by_bar=True)

    def mean(self, name: str, window: int, among: tuple[int, ...] = ()) -> Floats:
        """Return the mean of the last prices, ticks, shape (n,); their sum is exact below 2^33 ticks.

        Means of all windows ``among`` which this one is are made in one go.
        """
        windows = among or (window,)
        return self.by_window(f"mean {name}", windows, lambda: rolling.averages(self.ticks(name), windows))[window]

    def std(self, name: str, window: int) -> Floats:
        """Return the standard deviation (ddof 0) of the last prices, ticks, shape (n,)."""
        return self.once(f"std {name} {window}", lambda: rolling.std(self.ticks(name), window, ddof=0))

    @property
    def log_return(self) -> Floats:
        """Change of the log close over one bar, shape (n,); NaN in the first row."""
        return self.once("log return", lambda: rolling.change(self.log("close")))

    @property
    def squared_return(self) -> Floats:
        """Square of the log return, shape (n,); NaN in the first row."""
        return self.once("squared return", lambda: self.log_return * self.log_return)

    @property
    def typical(self) -> Floats:
        """Typical price ``(high + low + close) / 3``, ticks, shape (n,)."""
        return self.once("typical", lambda: (self.ticks("high") + self.ticks("low") + self.ticks("close")) / 3.0)

    @property
    def true_range(self) -> Floats:
        """Wilder's true range, from the previous close to high and low, ticks, shape (n,); NaN in the first row."""
        return self.once("true range", self._true_range)

    def _true_range(self) -> Floats:
        before = rolling.lagged(self.ticks("close"), 1)
        return np.maximum(self.ticks("high"), before) - np.minimum(self.ticks("low"), before)

    @property
    def duration_s(self) -> Floats:
        """Seconds from the first tick of a bar to its last, shape (n,)."""
        return self.once("duration", lambda: (self.closed_ns - self._instants("opened_at")) / zones.SECOND_NS)

    @property
    def closed_ns(self) -> Ints:
        """Close of each bar, ns UTC, shape (n,)."""
        return self._instants("closed_at")

    @property
    def local_ns(self) -> Ints:
        """Close of each bar on the market's clock, ns since 1970-01-01 of that clock, shape (n,)."""
        return self.once("local ns", lambda: zones.local(self.closed_ns, self.hours.zone))

    @property
    def ns_of_day(self) -> Ints:
        """Close of each bar, ns since midnight on the market's clock, shape (n,)."""
        return self.once("ns of day", lambda: zones.since_midnight(self.local_ns))

    @property
    def session_day(self) -> Ints:
        """Trading day of each bar, days since 1970-01-01, shape (n,)."""
        return self.once("session day", lambda: self.source.bars.get_column("session").cast(pl.Int64).to_numpy())

    def _instants(self, name: str) -> Ints:
        """Return a time in ns UTC; not to be written to."""
        return self.once(f"instants {name}", lambda: nanoseconds(self.source.bars, name))

    @property
    def source(self) -> Self:
        """What this is a sealed view of, else itself: its frames are as they were given, and are not to be changed."""
        return self._source or self
