"""Other markets as inputs: their own bars, units and hours."""

from __future__ import annotations

import polars as pl

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
