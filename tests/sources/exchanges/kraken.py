"""Kraken's public REST interface, in the form of its documentation, served from the loopback address."""

import json

from tests.sources.server import Server

PAIRS = {
    "XXBTZUSD": {
        "altname": "XBTUSD",
        "wsname": "XBT/USD",
        "aclass_base": "currency",
        "base": "XXBT",
        "aclass_quote": "currency",
        "quote": "ZUSD",
        "lot": "unit",
        "pair_decimals": 1,
        "lot_decimals": 8,
        "lot_multiplier": 1,
        "leverage_buy": [2, 3, 4, 5],
        "leverage_sell": [2, 3, 4, 5],
        "fees": [[0, 0.26], [50000, 0.24]],
        "fees_maker": [[0, 0.16], [50000, 0.14]],
        "fee_volume_currency": "ZUSD",
        "margin_call": 80,
        "margin_stop": 40,
        "ordermin": "0.0001",
        "status": "online",
    }
}
PAIRS["BCHEUR"] = PAIRS["XXBTZUSD"] | {"altname": "BCHEUR", "wsname": "BCH/EUR", "base": "BCH", "quote": "ZEUR"}
ASSETS = {
    "XXBT": {"aclass": "currency", "altname": "XBT", "decimals": 10, "display_decimals": 5, "status": "enabled"},
    "ZUSD": {"aclass": "currency", "altname": "USD", "decimals": 4, "display_decimals": 2, "status": "enabled"},
    "BCH": {"aclass": "currency", "altname": "BCH", "decimals": 10, "display_decimals": 5, "status": "enabled"},
    "ZEUR": {"aclass": "currency", "altname": "EUR", "decimals": 4, "display_decimals": 2, "status": "enabled"},
}
HISTORY = 720
"""Candles that Kraken keeps of each interval."""
NOW = 1_768_487_696
"""2026-01-15T14:34:56: what all clocks show."""


class Kraken:
    """What the exchange knows.

    Parameters
    ----------
    trades
        (price, volume, seconds since 1970, b or s, and perhaps what is noted against it), in order of time.
    page
        Trades of an answer; Kraken's is 1000.
    """

    def __init__(self, trades=(), page=1000):
        self.trades, self.page = list(trades), page
        self.pairs = dict(PAIRS)

    def serve(self):
        """Return a server of the public paths."""
        answers = {"AssetPairs": self._pairs, "Assets": self._assets, "OHLC": self._candles, "Trades": self._trades}
        return Server({f"/0/public/{name}": _enveloped(answer) for name, answer in answers.items()})

    def candle(self, second):
        """Return the candle that begins then; every one of them can be told from the others."""
        base = 20_000 + second // 60 % 1_000
        prices = [f"{base:.1f}", f"{base + 5:.1f}", f"{base - 5:.1f}", f"{base + 1:.1f}", f"{base:.1f}"]
        return [second, *prices, f"{second // 60 % 97 + 0.5:.8f}", 12]

    def _pairs(self, _query):
        return self.pairs

    def _assets(self, _query):
        return ASSETS

    def _candles(self, query):
        step = int(query["interval"]) * 60
        newest = NOW // step * step
        seconds = range(newest - (HISTORY - 1) * step, newest + 1, step)
        rows = [self.candle(second) for second in seconds if second > int(query.get("since", 0))]
        return {query["pair"]: rows, "last": newest - step}

    def _trades(self, query):
        since = query.get("since", "0")
        after = int(since) if len(since) > 12 else int(since) * 10**9
        rows = [row for row in enumerate(self.trades, 1) if _nanoseconds(row[1][2]) > after][: self.page]
        told = [
            [price, volume, float(second), side, "l", "".join(misc), number]
            for number, (price, volume, second, side, *misc) in rows
        ]
        last = _nanoseconds(rows[-1][1][2]) if rows else after
        return {query["pair"]: told, "last": str(last)}


def _nanoseconds(second):
    return round(second * 1_000_000) * 1_000


def _enveloped(answer):
    return lambda request: json.dumps({"error": [], "result": answer(request.query)}).encode()
