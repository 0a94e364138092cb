"""All bars of one market, be it one history or contracts that are joined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import polars as pl

from assay.bars.adjust import adjust
from assay.bars.beside import interest_of
from assay.bars.history import History
from assay.bars.made import Made
from assay.bars.params import BarsParams
from assay.bars.roll import joined
from assay.bars.ticks import uncrossed
from assay.market.sessions import Hours


def make(
    prices: Mapping[str, Iterable[pl.DataFrame]],
    context: Mapping[str, Mapping[str, pl.DataFrame]],
    params: BarsParams,
    source: str,
    hours: Hours,
    symbol: str,
) -> Made:
    """Return the bars of a market.

    Parameters
    ----------
    prices
        Quotes, trades or OHLCV, in order of time and in pieces of any length, of each of ``params.histories(symbol)``.
    context
        The data of kind ``params.context`` of each, by the labels of its feeds.
    params
        Which bars, and what is done with prices.
    source
        The label of the prices.
    hours
        The hours of the market.
    symbol
        Name of the market.

    Raises
    ------
    DataError
        If no bar can be made, or something is missing that prices are to be adjusted or joined by.

    Notes
    -----
    Quotes that were kept although they are crossed count in no bar: ``n_quotes_crossed`` of the report and a warning
    say how many.
    """
    counted = _Quotes()
    used = {name: counted.uncrossed(pieces) for name, pieces in prices.items()}
    made = _made(used, context, params, source, hours, symbol)
    if not counted.n_crossed:
        return made
    warning = f"{counted.n_crossed} of {counted.n_all} quotes are crossed, the bid above the ask, and count in no bar"
    report = {"n_quotes_crossed": counted.n_crossed, **made.report}
    return replace(made, report=report, warnings=[*made.warnings, warning])


class _Quotes:
    """Quotes as they come, and how many were left out."""

    def __init__(self) -> None:
        self.n_all = self.n_crossed = 0

    def uncrossed(self, pieces: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        for piece in pieces:
            used = uncrossed(piece)
            self.n_all += piece.height
            self.n_crossed += piece.height - used.height
            yield used


def _made(
    prices: Mapping[str, Iterable[pl.DataFrame]],
    context: Mapping[str, Mapping[str, pl.DataFrame]],
    params: BarsParams,
    source: str,
    hours: Hours,
    symbol: str,
) -> Made:
    """Return the bars; contracts to be joined, and prices to be compared with dividends, are held as a whole."""
    if params.roll.contracts:
        needed = prices if params.roll.rule == "open_interest" else {}
        interest = {name: interest_of(context[name], source, name) for name in needed}
        return joined({name: pl.concat(pieces) for name, pieces in prices.items()}, interest, params, hours, symbol)
    pieces, history = prices[symbol], History(params, hours, symbol)
    for piece in [pl.concat(pieces)] if params.adjust == "splits_and_dividends" else pieces:
        history.push(adjust(piece, context[symbol], params, source, symbol))
    return history.made()
