"""All bars of one market, be it one history or contracts that are joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from assay.bars.adjust import adjust
from assay.bars.beside import interest_of
from assay.bars.builder import build
from assay.bars.health import row_health
from assay.bars.made import Made
from assay.bars.params import BarsParams
from assay.bars.roll import joined
from assay.bars.sessions import row_days
from assay.bars.ticks import uncrossed
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

    Notes
    -----
    Quotes that were kept although they are crossed count in no bar: ``n_quotes_crossed`` of the report and a warning
    say how many.
    """
    used = {name: uncrossed(rows) for name, rows in prices.items()}
    n_all, n_used = (sum(rows.height for rows in each.values()) for each in (prices, used))
    made = _made(used, context, params, source, hours, symbol)
    n_crossed = n_all - n_used
    if not n_crossed:
        return made
    warning = f"{n_crossed} of {n_all} quotes are crossed, the bid above the ask, and count in no bar"
    return replace(made, report={"n_quotes_crossed": n_crossed, **made.report}, warnings=[*made.warnings, warning])


def _made(
    prices: Mapping[str, pl.DataFrame],
    context: Mapping[str, Mapping[str, pl.DataFrame]],
    params: BarsParams,
    source: str,
    hours: Hours,
    symbol: str,
) -> Made:
    if params.roll.contracts:
        needed = prices if params.roll.rule == "open_interest" else {}
        interest = {name: interest_of(context[name], source, name) for name in needed}
        return joined(prices, interest, params, hours, symbol)
    rows = adjust(prices[symbol], context[symbol], params, source, symbol)
    days = row_days(rows, hours)
    bars = {kind: build(rows, kind, size, days, symbol, params.expectation) for kind, size in params.types.items()}
    return Made(bars, rows, days, row_health(rows, days, hours))
