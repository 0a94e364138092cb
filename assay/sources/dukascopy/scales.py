"""Steps per unit of price in Dukascopy's files, by instrument: a wrong one would shift every price."""

from __future__ import annotations

import re

from assay.errors import ParamsError

SCALES = {
    "XAUUSD": 1e3,
    "XAGUSD": 1e3,
    "BTCUSD": 1e1,
    "ETHUSD": 1e1,
    "BRENTCMDUSD": 1e3,
    "LIGHTCMDUSD": 1e3,
    "DIESELCMDUSD": 1e3,
    "GASCMDUSD": 1e4,
    "COPPERCMDUSD": 1e4,
    "COCOACMDUSD": 1e3,
    "COFFEECMDUSX": 1e3,
    "COTTONCMDUSX": 1e3,
    "BUNDTREUR": 1e3,
    "HKDJPY": 1e5,
}
"""What no rule covers, as the client dukascopy-node lists it (``decimalFactor``, 10 divided by the venue's pip)."""
QUOTED = {"JPY": 1e3, "HUF": 1e3, "CZK": 1e4, "RON": 1e4, "THB": 1e4}
"""Currency pairs by their second currency; all others 1e5."""
_CURRENCY = "(?:AUD|CAD|CHF|CNH|CZK|DKK|EUR|GBP|HKD|HUF|JPY|MXN|NOK|NZD|PLN|RON|SEK|SGD|THB|TRY|USD|ZAR)"
CURRENCIES = re.compile(f"{_CURRENCY}{{2}}")
CONTRACTS = re.compile("[A-Z0-9]{1,8}(?:IDX[A-Z]{3}|USUSD)")
"""Contracts on indices (``USA500IDXUSD``) and on shares listed in the United States (``AAPLUSUSD``): 1e3."""
_UNSURE = ("CADHKD",)


def scale(symbol: str) -> float:
    """Return steps per unit of price.

    Raises
    ------
    ParamsError
        If the instrument's scale is not known.
    """
    if symbol in SCALES:
        return SCALES[symbol]
    if CONTRACTS.fullmatch(symbol):
        return 1e3
    if not CURRENCIES.fullmatch(symbol) or symbol in _UNSURE:
        remedy = "take a currency pair, or convert the ticks and use source files"
        raise ParamsError("instrument.symbol", "dukascopy's price scale must be known", symbol, remedy)
    return QUOTED.get(symbol[3:], 1e5)
