"""What was fetched beside the prices that bars are made of: of each kind, one feed's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

from assay import store
from assay.sources.run.chosen import MANIFEST, label_of_prices
from assay.tables.beside import beside


def context_of_prices(kinds: Iterable[str], symbol: str, histories: Sequence[str]) -> dict[str, pl.DataFrame]:
    """Return what is known beside a market: of each kind the table of the prices' label, or else the only other one.

    Parameters
    ----------
    kinds
        Names of kinds of data; others are passed over, and those that were not fetched are left out.
    symbol
        The market.
    histories
        What its prices are made of: itself, or its contracts.

    Raises
    ------
    DataError
        If there are several feeds of a kind and none has the label of the prices, or a table breaks its contract.
    """
    found = store.find_context(kinds, symbol)
    if not found:
        return {}
    label = label_of_prices(store.read_json(MANIFEST), histories)
    return store.read_context({kind: _one(kind, places, symbol, label) for kind, places in found.items()})


def _one(kind: str, places: dict[str, Path], symbol: str, label: str) -> Path:
    add = f"add a feed {{kind: {kind}, symbols: [{symbol}]}} to data.more and fetch"
    return beside(places, label, where="features", rule=f"need the {kind} of {symbol}", remedy=add)
