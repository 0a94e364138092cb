"""LEAN's markets: which clock a market's files are written in, and in which unit their prices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, TypeAlias

from assay.errors import ParamsError

Side: TypeAlias = Literal["trade", "quote"]


@dataclass(frozen=True)
class Market:
    """One market of the archives.

    Parameters
    ----------
    folder
        Below the raw cache.
    zone
        Clock of its files.
    per_unit
        Steps per unit of price.
    bars
        What its bars are of: trades, or both sides of the quotes.
    """

    folder: str
    zone: str = "UTC"
    per_unit: float = 1.0
    bars: Side = "trade"


_CRYPTO = ("binance", "bitfinex", "bybit", "coinbase")
_MARKETS = (
    Market("forex/fxcm", zone="Etc/GMT+5", bars="quote"),
    Market("forex/oanda", bars="quote"),
    Market("equity/usa", zone="America/New_York", per_unit=1e4),
    *(Market(f"{kind}/{exchange}") for kind in ("crypto", "cryptofuture") for exchange in _CRYPTO),
)
MARKETS = MappingProxyType({market.folder: market for market in _MARKETS})
"""By folder.

FXCM's clock is five hours behind UTC the whole year, summer and winter, in ticks and in bars: its returns correlate
with Oanda's at a shift of five hours and at no other. US equities go by New York, everything else by UTC. Prices of
equities are in ten-thousandths, adjusted neither for splits nor for dividends.
"""


def market(name: str) -> Market:
    """Return a market by its folder; ``crypto/coinbase/quote`` has bars of quotes where the market's own are of trades.

    Raises
    ------
    ParamsError
        If it is none of the known ones: a wrong clock would shift every row.
    """
    folder, _, side = name.rpartition("/")
    if side in ("trade", "quote") and folder in MARKETS:
        return replace(MARKETS[folder], bars="quote" if side == "quote" else "trade")
    if name in MARKETS:
        return MARKETS[name]
    raise ParamsError("data.market", "must be a market of the archives", repr(name), f"one of {', '.join(MARKETS)}")
