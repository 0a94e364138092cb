"""What features are computed from: the columns of the bars and what is known beside them, shared by all features."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any, TypeVar

import numpy as np
import polars as pl

from assay.features import arrival
from assay.features.memo import Memo
from assay.market import zones
from assay.market.instruments import Instrument
from assay.market.sessions import Hours
from assay.stats import elementary, rolling
from assay.stats.rounding import in_ticks
from assay.types import Floats, Ints, read_only

T = TypeVar("T")


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
    context
        Tables of what is known beside prices (``assay.tables.context``), by kind, each with ``known_at``.
    markets
        Other markets, by symbol; their bars have ``known_at``: see ``assay.bars.known``.
    """

    bars: pl.DataFrame
    instrument: Instrument
    hours: Hours
    context: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    markets: Mapping[str, Inputs] = field(default_factory=dict)
    _memo: Memo = field(default_factory=Memo, repr=False)
    _of_context: Memo = field(default_factory=Memo, repr=False)

    def rows(self, first: int, end: int) -> Inputs:
        """Return the inputs of some bars alone, with all that is known beside them."""
        if end - first == self.bars.height:
            return self
        return replace(self, bars=self.bars.slice(first, end - first), _memo=self._memo.rows(first, end))

    def but(self, **changes: Any) -> Inputs:
        """Return the inputs with other fields; nothing that was made of the old ones is kept."""
        return replace(self, **changes, _memo=Memo(sealed=self._memo.sealed))

    def forget(self) -> None:
        """Let go of all that was made of the bars and of the context: what is asked for again is made again."""
        self._memo.forget()
        self._of_context.forget()

    def seal(self) -> Inputs:
        """Return the same inputs for a function that is not ours: arrays that cannot be written to, frames of its own.

        What is made once is shared with other such functions, and with none of ours.
        """
        context = {kind: table.clone() for kind, table in self.context.items()}
        markets = {name: other.seal() for name, other in self.markets.items()}
        memo = self.once("sealed", lambda: Memo(sealed=True))
        told = replace(self, context=context, markets=markets, _of_context=Memo(sealed=True))
        return replace(told, bars=self.bars.clone(), _memo=memo)

    def once(self, key: str, make: Callable[[], T]) -> T:
        """Return what ``make`` gives, made at the first call with this key; not to be written to."""
        return self._memo.once(key, make)

    def of_context(self, kind: str, make: Callable[[pl.DataFrame], T]) -> T:
        """Return what ``make`` gives of a table of the context, made once for these bars and for blocks of them."""
        table = self.context[kind]
        return self._of_context.of(kind, table, lambda: make(table))

    def by_window(self, key: str, windows: tuple[int, ...], make: Callable[[], Floats]) -> dict[int, Floats]:
        """Return rows by window, which ``make`` gives at the first call with this key and these windows."""
        return self.once(f"{key} {windows}", lambda: dict(zip(windows, make(), strict=True)))

    def newest(self, key: str, make: Callable[[], T]) -> T:
        """Return what ``make`` gives, kept until another is asked for: for the next entry alone."""
        return self._memo.newest(key, make)

    def __getitem__(self, name: str) -> Floats:
        """Return a column of numbers as float64, shape (n,); not to be written to."""
        return self.once(f"column {name}", lambda: np.array(self.given(name)))

    def given(self, name: str) -> Floats:
        """Return the same, as the bars hold it where they can: read-only, and not kept."""
        return read_only(self.bars.get_column(name).to_numpy().astype(np.float64, copy=False))

    def ticks(self, name: str) -> Floats:
        """Return a price in ticks, rounded to 2^-20 of one, shape (n,).

        Sums and differences of such numbers are exact, so prices that are equal on paper (two mids, two typical
        prices, moves up and down of one size) are equal here, and another unit of money changes no bit.
        """
        return self.once(f"ticks {name}", lambda: in_ticks(self.given(name), self.instrument.tick_size))

    def log(self, name: str) -> Floats:
        """Return the natural logarithm of a price in ticks, shape (n,)."""
        return self.once(f"log {name}", lambda: elementary.log(self.ticks(name)))

    def mean(self, name: str, window: int, among: tuple[int, ...] = ()) -> Floats:
        """Return the mean of the last prices, ticks, shape (n,); their sum is exact below 2^33 ticks.

        Means of all windows ``among`` which this one is are made in one go.
        """
        windows = among or (window,)
        return self.by_window(f"mean {name}", windows, lambda: rolling.averages(self.ticks(name), windows))[window]

    def std(self, name: str, window: int) -> Floats:
        """Return the standard deviation (ddof 0) of the last prices, ticks, shape (n,)."""
        return self.once(f"std {name} {window}", lambda: rolling.std(self.ticks(name), window, ddof=0))

    def known(self, table: pl.DataFrame, values: Floats) -> Floats:
        """Return values of another table's rows as they were known at each close, shape (n,); NaN before the first.

        The row taken is the last one with ``known_at <= closed_at``; of rows that were known at once the last. So
        ``known_at`` must be the first close that may know the row. That of other bars is. That of ``context`` says
        when a row was told: as it may have come after the tick that closed a bar of the same instant, it is known one
        nanosecond later, to bars that close after it, and ``in_order`` has moved it so.

        Parameters
        ----------
        table
            A table with ``known_at``, which never falls: the bars of one of ``markets``, or a table of ``context`` as
            ``assay.features.beside.in_order`` gives it, without the rows that came late; never one as it was given.
        values
            One value of each of its rows, a function of the rows up to it.

        Raises
        ------
        DataError
            If ``known_at`` falls: a row would be known before one that its value may be a function of.
        """
        return arrival.last(self.bars.select("closed_at"), table, values)

    def holds(self, name: str) -> bool:
        """Tell whether the data of a need is there.

        A need is a column of the bars, a table of the context, a column of one (``open_interest.value``), or another
        market. A column is there where its first value is finite, and of a volume above 0: spread and quoted imbalance
        of trades are NaN, the volume of quotes without sizes is 0, and so are columns of a table that its source does
        not give. The first bar decides, and of a table the row that was known first, so that nothing later can change
        which features there are. A table is there if it has rows, a market if it was given.
        """
        if name in self.bars.columns:
            first = self.given(name)[0]
            return isfinite(first) and (first > 0.0 or name != "volume")
        kind, _, column = name.partition(".")
        if column and kind in self.context:
            return isfinite(arrival.first(self.context[kind], column))
        return (name in self.context and not self.context[name].is_empty()) or name in self.markets

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
        return self.once("duration", lambda: (self.closed_ns - self._whole("opened_at")) / zones.SECOND_NS)

    @property
    def closed_ns(self) -> Ints:
        """Close of each bar, ns UTC, shape (n,)."""
        return self._whole("closed_at")

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
        return self._whole("session")

    def _whole(self, name: str) -> Ints:
        """Return a time in ns or a date in days; not to be written to."""
        return self.once(f"whole {name}", lambda: self.bars.get_column(name).cast(pl.Int64).to_numpy())
