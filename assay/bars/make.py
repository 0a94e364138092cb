"""All bars of one market, be it one history or contracts that are joined."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from assay.bars.adjust import adjust
from assay.bars.beside import interest_of
from assay.bars.builder import build
from assay.bars.health import row_health
from assay.bars.made import Made
from assay.bars.params import BarsParams
from assay.bars.roll import joined
from assay.bars.sessions import row_days
from assay.market.sessions import Hours


def make(
    prices: Mapping[str, pl.DataFrame],
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
        Quotes, trades or OHLCV, in order of time, of each of ``params.histories(symbol)``.
    context
        The data of kind ``params.context`` of each, by source.
    params
        Which bars, and what is done with prices.
    source
        Where the prices come from.
    hours
        The hours of the market.
    symbol
        Name of the market.

    Raises
    ------
    DataError
        If no bar can be made, or something is missing that prices are to be adjusted or joined by.
    """
    if params.roll.contracts:
        needed = prices if params.roll.rule == "open_interest" else {}
        interest = {name: interest_of(context[name], source, name) for name in needed}
        return joined(prices, interest, params, hours, symbol)
    rows = adjust(prices[symbol], context[symbol], params, source, symbol)
    days = row_days(rows, hours)
    bars = {kind: build(rows, kind, size, days, symbol) for kind, size in params.types.items()}
    return Made(bars, rows, days, row_health(rows, days, hours))
