"""The same market seen otherwise: earlier, with another future, through a shorter window, in other units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from assay.features.arrival import USABLE_AFTER_NS
from assay.features.inputs import Inputs
from assay.tables.instants import nanoseconds

_MONEY: Mapping[str, Sequence[str]] = {
    "bars": ("open", "high", "low", "close", "vwap", "path", "value", "spread_open", "spread_mean"),
    "funding": ("mark_price",),
    "open_interest": ("value",),
    "liquidations": ("price", "value"),
    "mark_price": ("mark", "index"),
    "actions": ("dividend",),
    "book": ("bid_prices", "ask_prices"),
}
"""Columns in quote currency, or in it per unit."""
_VOLUME: Mapping[str, Sequence[str]] = {
    "bars": ("volume", "buy_volume", "sell_volume", "value", "largest", "order_flow"),
    "open_interest": ("open_interest", "value"),
    "liquidations": ("size", "value"),
    "book": ("bid_sizes", "ask_sizes"),
}
"""Columns in units traded, or in money per price."""
_CLOCKS = ("symbol", "ordinal", "session", "opened_at", "closed_at")


def first(inputs: Inputs, n: int) -> Inputs:
    """Return the first n bars, and what was known at the close of the last of them."""
    return _until(inputs, inputs.bars.head(n))


def last(inputs: Inputs, row: int, n: int) -> Inputs:
    """Return the n bars that end with a row, and all that was known beside them at its close."""
    return _until(inputs, inputs.bars.slice(row + 1 - n, n))


def with_other_future(inputs: Inputs, n: int) -> Inputs:
    """Return the market with other bars after the first n: the later ones in reverse, but for their clocks.

    Beside them is known what was at the close of bar n - 1, and nothing more.
    """
    if not n:
        return inputs
    clocks = inputs.bars.select(_CLOCKS)
    bars = pl.concat([inputs.bars.head(n), inputs.bars.slice(n).reverse()]).with_columns(clocks)
    return first(inputs, n).but(bars=bars)


def in_units(inputs: Inputs, *, money: float = 1.0, volume: float = 1.0) -> Inputs:
    """Return the same market with prices and volumes so many times larger; other markets stay as they are."""
    tick_size = money * inputs.instrument.tick_size
    return Inputs(
        _scaled("bars", inputs.bars, money, volume),
        inputs.instrument.model_copy(update={"tick_size": tick_size}),
        inputs.hours,
        {kind: _scaled(kind, table, money, volume) for kind, table in inputs.context.items()},
        inputs.markets,
    )


def _until(inputs: Inputs, bars: pl.DataFrame) -> Inputs:
    at_ns = int(nanoseconds(bars, "closed_at")[-1])
    context = {kind: _known(table, at_ns - USABLE_AFTER_NS) for kind, table in inputs.context.items()}
    markets = {name: other.but(bars=_known(other.bars, at_ns)) for name, other in inputs.markets.items()}
    return Inputs(bars, inputs.instrument, inputs.hours, context, markets)


def _known(table: pl.DataFrame, at_ns: int) -> pl.DataFrame:
    """Return the rows known by an instant: a view where rows are in the order in which they were known."""
    known_ns = nanoseconds(table, "known_at")
    n = int(np.searchsorted(known_ns, at_ns, side="right"))
    is_prefix = np.max(known_ns[:n], initial=at_ns) == at_ns and np.min(known_ns[n:], initial=at_ns + 1) > at_ns
    return table.head(n) if is_prefix else table[np.flatnonzero(known_ns <= at_ns)]


def _scaled(kind: str, table: pl.DataFrame, money: float, volume: float) -> pl.DataFrame:
    factors = dict.fromkeys(_MONEY.get(kind, ()), money)
    for name in _VOLUME.get(kind, ()):
        factors[name] = factors.get(name, 1.0) * volume
    return table.with_columns(pl.col(name) * factor for name, factor in factors.items())
