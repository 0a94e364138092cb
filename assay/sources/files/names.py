"""Names by which files are known to call their columns, and what each kind of data is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assay.tables.kinds import Kind

KNOWN = {
    "time": "time timestamp datetime date dateandtime ts tsevent exchts exchangetime exchangetimestamp opentime "
    "openedat fundingtime calctime eventtime transacttime tradetime timeperiodstart localtime unix unixtime epoch t",
    "price": "price p px tradeprice executionprice last lastprice",
    "size": "size qty quantity amount volume vol q v sz tradesize executedqty",
    "side": "side takerside aggressor aggressorside tradeside",
    "bid": "bid bidprice bidpx bestbid bestbidprice",
    "ask": "ask askprice askpx bestask bestaskprice offer",
    "bid_size": "bidsize bidqty bidvolume bidamount bestbidsize bestbidqty",
    "ask_size": "asksize askqty askvolume askamount bestasksize bestaskqty",
    "open": "open o openprice first",
    "high": "high h highprice max",
    "low": "low l lowprice min",
    "close": "close c closeprice",
    "volume": "volume vol v volumefrom basevolume",
    "value": "quotevolume volumeto quoteassetvolume",
    "buy_volume": "takerbuybase takerbuybasevolume takerbuybaseassetvolume takerbuyvolume buyvolume",
    "n_trades": "trades ntrades numtrades numberoftrades tradecount count",
    "rate": "fundingrate rate lastfundingrate",
    "open_interest": "openinterest sumopeninterest sumoi oi",
    "open_interest_value": "openinterestvalue sumopeninterestvalue sumoivalue",
    "long_short_accounts": "longshortaccounts globalacclsratio countlongshortratio",
    "long_short_top_accounts": "longshorttopaccounts topacclsratio counttoptraderlongshortratio",
    "long_short_top_positions": "longshorttoppositions topposlsratio sumtoptraderlongshortratio",
    "taker_buy_sell": "takerbuysell takerlsvolratio sumtakerlongshortvolratio",
    "liquidated": "notional notionalusd liquidationvalue",
    "mark": "mark markprice",
    "index": "index indexprice",
    "bid_prices": "bidprices bidspx bidsprice",
    "bid_sizes": "bidsizes bidsqty bidssize",
    "ask_prices": "askprices askspx asksprice",
    "ask_sizes": "asksizes asksqty askssize",
    "split": "split splits stocksplits splitratio",
    "dividend": "dividend dividends",
    "symbol": "symbol coin ticker instrument pair",
}
"""Role -> names, without case, marks and units."""
ROLES = {name: frozenset(names.split()) for name, names in KNOWN.items()}
_UNITS = re.compile(r"(?<=.)(utc|gmt|ms|us|ns|millis)$")
NAN = float("nan")


@dataclass(frozen=True)
class Value:
    """A column of a kind's table.

    Parameters
    ----------
    role
        What a file's column for it is known as.
    param
        Its name in `data.columns`; empty if it can only be found by name.
    default
        What stands there if the file has none; None if it must have one.
    """

    role: str
    param: str = ""
    default: float | None = None


def _same(*names: str, default: float | None = None) -> dict[str, Value]:
    return {name: Value(name, name, default) for name in names}


_RATIOS = ("long_short_accounts", "long_short_top_accounts", "long_short_top_positions", "taker_buy_sell")
VALUES: dict[Kind, dict[str, Value]] = {
    "quotes": {**_same("bid", "ask"), **_same("bid_size", "ask_size", default=0.0)},
    "trades": {**_same("price"), **_same("size", default=1.0), **_same("side", default=0)},
    "ohlcv": {
        **_same("open", "high", "low", "close"),
        **_same("volume", default=0.0),
        **_same("value", "buy_volume", default=NAN),
        **_same("n_trades", default=-1),
    },
    "funding": {**_same("rate"), "mark_price": Value("mark", "mark", NAN)},
    "open_interest": {
        **_same("open_interest"),
        "value": Value("open_interest_value", "value", NAN),
        **{name: Value(name, "", NAN) for name in _RATIOS},
    },
    "liquidations": {
        **_same("side", default=0),
        **_same("price", "size", default=NAN),
        "value": Value("liquidated", "value"),
    },
    "mark_price": {**_same("mark"), **_same("index", "rate", default=NAN)},
    "book": {name: Value(name) for name in ("bid_prices", "bid_sizes", "ask_prices", "ask_sizes")},
    "actions": {"split": Value("split", "", 1.0), "dividend": Value("dividend", "", 0.0)},
}
"""Kind -> column of its table -> what stands there; times and flags apart."""
LEVELS = frozenset(VALUES["book"])


def role_matches(role: str, name: str) -> bool:
    """Return whether a column's name is one that a role is known by."""
    bare = re.sub(r"[^a-z0-9]", "", name.lower())
    return bare in ROLES[role] or (role == "time" and _UNITS.sub("", bare) in ROLES[role])
