"""The three markets of Binance: where each keeps its archives, answers questions, and counts in what unit."""

from __future__ import annotations

from dataclasses import dataclass

from assay.errors import ParamsError
from assay.sources import labels
from assay.sources.venue import Feed
from assay.tables.kinds import Kind


@dataclass(frozen=True)
class Market:
    """One market.

    Parameters
    ----------
    name
        As `data.market` has it.
    archive
        Its folder of https://data.binance.vision/data.
    host, api
        Where its REST interface is, and the path that all its questions begin with.
    folders
        What its folder of captures below the raw cache may be called.
    kinds
        What it serves, in archives, answers or captures.
    coin_margined
        Sizes are contracts of a fixed number of USD, not coins.
    """

    name: str
    archive: str
    host: str
    api: str
    folders: tuple[str, ...]
    kinds: tuple[Kind, ...]
    coin_margined: bool = False


SPOT_KINDS: tuple[Kind, ...] = ("ohlcv", "trades", "quotes", "book")
KINDS: tuple[Kind, ...] = (*SPOT_KINDS, "funding", "open_interest", "liquidations", "mark_price")
MARKETS = {
    market.name: market
    for market in (
        Market("spot", "spot", "https://api.binance.com", "api/v3", ("spot",), SPOT_KINDS),
        Market("usdm", "futures/um", "https://fapi.binance.com", "fapi/v1", ("usdm", "um"), KINDS),
        Market(
            "coinm", "futures/cm", "https://dapi.binance.com", "dapi/v1", ("coinm", "cm"), KINDS, coin_margined=True
        ),
    )
}
SINGLE = "trades"
"""What follows a market's name, `usdm/trades`, where single trades are wanted, and not aggregated ones."""
APIS = tuple(market.api for market in MARKETS.values())


def market_of(feed: Feed) -> Market:
    """Return the market of a feed, spot if none is named.

    Raises
    ------
    ParamsError
        If there is none of the name, or if it does not have the kind.
    """
    name, slash, dataset = labels.market(feed.params).partition("/")
    if name not in MARKETS or (slash and (dataset, feed.kind) != (SINGLE, "trades")):
        rule = f"binance has {', '.join(MARKETS)}, and of trades each of them with /{SINGLE}"
        raise ParamsError("data.market", rule, feed.params.market, "choose one of them")
    market = MARKETS[name]
    if feed.kind not in market.kinds:
        raise ParamsError("data.kind", f"binance {name} has {', '.join(market.kinds)}", feed.kind, "choose one of them")
    return market


def are_single(feed: Feed) -> bool:
    """Return whether single trades are wanted, and not those of one order at one price as one."""
    return feed.kind == "trades" and feed.params.market.endswith(f"/{SINGLE}")


def contract_usd(symbol: str) -> float:
    """Return the USD that one coin-margined contract stands for: 100 of BTCUSD, 10 of all others.

    Notes
    -----
    `contractSize` of https://dapi.binance.com/dapi/v1/exchangeInfo.
    """
    return 100.0 if symbol.upper().startswith("BTCUSD_") else 10.0
