"""Prices as the parameters want them: as traded, or adjusted for the splits and dividends that were fetched."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from assay.bars.params import BarsParams
from assay.market.actions import adjusted
from assay.tables.beside import beside


def adjust(
    prices: pl.DataFrame, actions: Mapping[str, pl.DataFrame], params: BarsParams, source: str, symbol: str
) -> pl.DataFrame:
    """Return prices and sizes adjusted as ``bars.adjust`` says.

    Parameters
    ----------
    prices
        Quotes, trades or OHLCV.
    actions
        Splits and dividends (table ``ACTIONS``) of the symbol, by the labels of their feeds.
    params
        Which of them count, and until when.
    source
        The label of the prices: actions of that label are taken if there are any, else those of the only other one.
    symbol
        Name of the instrument, for messages.

    Raises
    ------
    DataError
        If there are no actions to adjust for, or it is not clear from which source.

    Notes
    -----
    An action changes the rows before it, so by default (``adjust_as_of: all``) those of the past change with actions
    that nobody knew of then, and so do bars that count sizes. The value traded in an OHLCV row moves with price times
    size, so that value / volume stays a price of the row.
    """
    if params.adjust == "none":
        return prices
    add = f"add {{source: yahoo, kind: actions, symbols: [{symbol}]}} to data.more and fetch, or set it to none"
    rule = f"{params.adjust} need the actions of {symbol}"
    chosen = beside(actions, source, where="bars.adjust", rule=rule, remedy=add)
    if "value" not in prices.columns:
        return adjusted(prices, chosen, params.adjust, params.as_of_ns)
    factors = prices.with_columns(price=1.0, size=1.0)
    made = adjusted(factors, chosen, params.adjust, params.as_of_ns)
    return made.with_columns(pl.col("value") * pl.col("price") * pl.col("size")).drop("price", "size")
