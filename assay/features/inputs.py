"""What features are computed from: the bars of a market and what is known beside them, shared by all features."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any, TypeVar

import polars as pl

from assay.features import arrival
from assay.features.memo import Memo
from assay.features.series import BarSeries
from assay.types import Floats

T = TypeVar("T")


@dataclass(frozen=True)
class Inputs(BarSeries):
    """Bars of one market, and what is known beside them.

    Parameters
    ----------
    bars, instrument, hours
        The market's: see :class:`BarSeries`.
    context
        Tables of what is known beside prices (``assay.tables.context``), by kind, each with ``known_at``.
    markets
        Other markets, by symbol; their bars have ``known_at``: see ``assay.bars.known``.
    """

    context: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    markets: Mapping[str, Inputs] = field(default_factory=dict)
    _of_context: Memo = field(default_factory=Memo, repr=False, kw_only=True)

    def rows(self, first: int, end: int) -> Inputs:
        """Return the inputs of some bars alone, with all that is known beside them."""
        if end - first == self.bars.height:
            return self
        source = self._source and self._source.rows(first, end)
        bars = self.bars.slice(first, end - first)
        return replace(self, bars=bars, _memo=self._memo.rows(first, end), _source=source)

    def but(self, **changes: Any) -> Inputs:
        """Return the inputs with other fields; nothing that was made of the old ones is kept."""
        memo = Memo(sealed=self._memo.sealed)
        return replace(self, **changes, _memo=memo, _of_context=Memo(), _source=None)

    def forget(self, *, series: bool = True) -> None:
        """Let go of what was made of the context, and of series, other markets' too: it is made again if asked for."""
        self._of_context.forget()
        if series:
            self._memo.forget()
            for other in self.markets.values():
                other.forget()

    def seal(self) -> Inputs:
        """Return the same inputs for a function that is not ours: arrays that cannot be written to, frames of its own.

        What is made once of bars is shared with other such functions, and with none of ours; that of the context with
        all. Both are made of the frames that were given, whatever a function does to its own.
        """
        return replace(
            self,
            bars=self.bars.clone(),
            context={kind: table.clone() for kind, table in self.context.items()},
            markets={name: other.seal() for name, other in self.markets.items()},
            _memo=self.once("sealed", lambda: Memo(sealed=True)),
            _source=self.source,
        )

    def of_context(self, kind: str, make: Callable[[pl.DataFrame], T]) -> T:
        """Return what ``make`` gives of a table of the context, made once for these bars and for blocks of them.

        ``make`` is a function of a module: one that is written where it is called is another at every call.
        """
        return self._of_context.once((kind, make), lambda: make(self.source.context[kind].clone()))

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
        return arrival.last(self.source.bars.select("closed_at"), table, values)

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
