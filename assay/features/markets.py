"""Other markets as inputs: their own bars, units and hours."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from assay.errors import DataError, ParamsError
from assay.features.inputs import Inputs
from assay.market.instruments import InstrumentParams, find
from assay.market.sessions import SessionParams, hours


def market(bars: pl.DataFrame, symbol: str, instruments: InstrumentParams, session: SessionParams) -> Inputs:
    """Return the inputs of a market.

    Parameters
    ----------
    bars
        Its bars; of another market than the main one with ``known_at``: see ``assay.bars.known``.
    symbol
        Its name, in the instrument table or in that of the parameters.
    instruments
        The instrument table's additions.
    session
        The hours traded; where they are ``auto``, the market's own.

    Raises
    ------
    ParamsError
        If the symbol is unknown.
    """
    instrument = find(instruments.model_copy(update={"symbol": symbol}))
    return Inputs(bars, instrument, hours(session, instrument))


def refuse_unbuilt(names: Collection[str], symbol: str, built: Collection[str]) -> None:
    """Refuse markets that features are to be made of and cannot be.

    Parameters
    ----------
    names
        Symbols of the other markets: ``FeatureParams.markets``.
    symbol
        The main market.
    built
        Symbols that have bars of the main type.

    Raises
    ------
    ParamsError
        If the main market is among the others.
    DataError
        If one has no bars.
    """
    where = "features.cross.symbols"
    if symbol in names:
        raise ParamsError(where, "must name other markets than instrument.symbol", symbol, "take it out")
    if missing := ", ".join(name for name in names if name not in built):
        found = f"those of {', '.join(sorted(built))}" if built else "none"
        remedy = "list it in data.symbols and fetch; why a market that was fetched has none stands in reports/bars.json"
        raise DataError(where, f"needs bars of {missing}", found, remedy)
