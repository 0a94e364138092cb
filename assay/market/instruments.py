"""The instrument table: without tick size, multiplier and costs a barrier or a profit has no meaning."""

from __future__ import annotations

import difflib
from typing import Literal

from pydantic import Field, ValidationError, field_validator

from assay.errors import ParamsError
from assay.market.table import TABLE, Entry
from assay.market.zones import zone
from assay.types import Params

SYMBOL = "^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$"
"""Symbols are names of files and folders."""
CLOCK = "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"


class Instrument(Params):
    """What a market is: units, money and hours.

    A lot is one contract, 100,000 units of a pair's base currency, one coin or one share; the profit of a move of 1 on
    one lot is ``multiplier``, in ``currency``, the quote currency (yen for USDJPY).
    Fees and spread are what a small client of a discount broker pays; check them against your own.
    """

    symbol: str = Field(pattern=SYMBOL, description="Name, also of its files.")
    kind: Literal["future", "fx", "crypto", "equity"] = Field(description="Asset class.")
    tick_size: float = Field(ge=1e-12, le=1e6, description="Smallest price step, quote currency.")
    multiplier: float = Field(
        1.0, ge=1e-9, le=1e12, description="Currency units that one lot gains when the price rises by 1."
    )
    currency: str = Field("USD", description="Currency of the profit.")
    lot: float = Field(1.0, ge=1e-9, le=1e9, description="Smallest size that can be traded, lots.")
    fee_per_lot: float = Field(0.0, ge=0, le=1e9, description="Commission per lot and side, currency of the profit.")
    fee_bps: float = Field(0.0, ge=0, le=1e4, description="Commission per side, basis points of the value traded.")
    spread_ticks: float = Field(
        1.0, ge=0, le=1e6, description="Usual ask - bid in ticks, where the data holds trades only."
    )
    zone: str = Field("UTC", description="Time zone of the session's clock.")
    session_start: str = Field("00:00", pattern=CLOCK, description="First minute of the trading day, on that clock.")
    session_end: str = Field(
        "24:00", pattern=CLOCK, description="End of the trading day; before the start if it trades overnight."
    )
    friday_end: str = Field("24:00", pattern=CLOCK, description="End of the week's last trading day.")
    weekend_trading: bool = Field(default=False, description="Whether Saturday and Sunday are trading days.")

    @field_validator("zone")
    @classmethod
    def _zone_known(cls, name: str) -> str:
        zone(name)
        return name


class InstrumentParams(Params):
    """The ``instrument`` block: which market, and markets or corrections of your own."""

    symbol: str = Field(
        "ES", pattern=SYMBOL, description="The market to trade: a name of the instrument table or of `table` below."
    )
    table: dict[str, dict[str, str | float | bool]] = Field(
        {},
        description="Markets of your own, or corrections, by symbol: any of kind, tick_size, multiplier, currency, "
        "lot, fee_per_lot, fee_bps, spread_ticks, zone, session_start, session_end, friday_end, weekend_trading.",
    )


def find(params: InstrumentParams) -> Instrument:
    """Return the chosen instrument: the shipped entry, if there is one, with the fields that the parameters give.

    Raises
    ------
    ParamsError
        If the symbol is unknown, with the nearest known ones, or if an entry of `table` is not an instrument.
    """
    own = {symbol: _instrument(symbol, entry) for symbol, entry in sorted(params.table.items())}
    if params.symbol in own:
        return own[params.symbol]
    if params.symbol in TABLE:
        return _instrument(params.symbol, {})
    known = sorted({*TABLE, *own})
    near = difflib.get_close_matches(params.symbol.upper(), known, n=3) or known
    remedy = f"nearest known are {', '.join(near)}; or add it to instrument.table"
    raise ParamsError("instrument", "symbol must be in the instrument table", repr(params.symbol), remedy)


def lookup(params: InstrumentParams, symbol: str) -> Instrument | None:
    """Return the instrument of any symbol, or None if neither `table` nor the instrument table has it.

    Raises
    ------
    ParamsError
        If its entry of `table` is not an instrument.
    """
    known = symbol in params.table or symbol in TABLE
    return _instrument(symbol, params.table.get(symbol, {})) if known else None


def _instrument(symbol: str, entry: Entry) -> Instrument:
    """Return an instrument from its shipped fields and the given ones, which go first."""
    if "symbol" in entry:
        where = f"instrument.table.{symbol}.symbol"
        raise ParamsError(where, "an entry's symbol is its key", repr(entry["symbol"]), "take it out")
    try:
        return Instrument.model_validate({**TABLE.get(symbol, {}), **entry, "symbol": symbol})
    except ValidationError as error:
        first = error.errors()[0]
    name = str(first["loc"][0])
    where = f"instrument.table.{symbol}.{name}"
    if first["type"] == "extra_forbidden":
        near = difflib.get_close_matches(name, Instrument.model_fields, n=1, cutoff=0.4)
        known = near or list(Instrument.model_fields)
        raise ParamsError(where, "unknown parameter", name, f"did you mean {', '.join(known)}?")
    found = "nothing" if first["type"] == "missing" else repr(first["input"])
    raise ParamsError(where, first["msg"][0].lower() + first["msg"][1:], found, "correct the entry")
