"""One history as it is read, piece by piece: bars of every type, and what became of every tick."""

from __future__ import annotations

import polars as pl

from assay.bars.builder import TICKS_AT_ONCE, BarBuilder, taken
from assay.bars.finished import finished, refuse_nothing
from assay.bars.made import Made
from assay.bars.params import BarsParams, Kind
from assay.bars.row_health import RowHealth
from assay.bars.sessions import row_days
from assay.bars.state import Bars, chained
from assay.bars.tally import Tally
from assay.market.sessions import Hours


class History:
    """Quotes, trades or OHLCV rows in, in pieces of any length; at the end, bars of every type.

    The bars do not depend on how the history is cut. What is kept of it are its bars and its counts.

    Parameters
    ----------
    params
        Which bars.
    hours
        The hours of the market.
    symbol
        Name of the instrument.
    """

    def __init__(self, params: BarsParams, hours: Hours, symbol: str) -> None:
        self._types, self._hours, self._symbol = params.types, hours, symbol
        self._builders = {kind: BarBuilder(kind, size, None, params.expectation) for kind, size in self._types.items()}
        self._closed: dict[Kind, list[Bars]] = {kind: [] for kind in self._types}
        self._tally, self._rows = Tally(), RowHealth(hours)

    def push(self, prices: pl.DataFrame) -> None:
        """Take in the next prices.

        Raises
        ------
        DataError
            If a row is older than 1970, or :meth:`assay.bars.builder.BarBuilder.push` refuses it.
        """
        for piece in prices.iter_slices(TICKS_AT_ONCE):
            self._push(piece)

    def made(self) -> Made:
        """Return the bars of every type; the bar that is open is in none. To be called once, at the end.

        Raises
        ------
        DataError
            If nothing was pushed, or :func:`assay.bars.finished.finished` refuses the bars.
        """
        refuse_nothing(self._tally, self._symbol)
        return Made({kind: self._finished(kind) for kind in self._types}, self._tally, self._rows.report())

    def _push(self, prices: pl.DataFrame) -> None:
        days = row_days(prices, self._hours)
        self._tally.add(prices, days)
        self._rows.add(prices, days)
        columns = taken(prices)
        for kind, builder in self._builders.items():
            self._closed[kind].append(builder.push(columns, days))

    def _finished(self, kind: Kind) -> pl.DataFrame:
        return finished(chained(self._closed.pop(kind)), kind, self._types[kind], self._symbol, self._tally)
