"""Hourly bars in the form of Polygon's aggregates, of any symbol and any range, from a server that may misbehave."""

import json
import random
import re

HOUR_MS = 3_600_000
AGGREGATES = re.compile(r"/v2/aggs/ticker/([^/]+)/range/1/hour/(\d+)/(\d+)")
KEY = "pk_test_0123456789"


class Aggregates(dict):
    """Routes of a :class:`tests.sources.server.Server`; bars end with `until_ms`, as if that were now.

    ``changed`` maps (symbol, ms) to another close, ``unknown`` are symbols that the venue does not have.
    """

    def __init__(self, until_ms=None, unknown=()):
        self.until_ms, self.unknown, self.changed = until_ms, unknown, {}

    def get(self, path, default=None):
        asked = AGGREGATES.fullmatch(path)
        if not asked or asked[1] in self.unknown:
            return default
        return lambda _: self.answer(asked[1], int(asked[2]), int(asked[3]))

    def answer(self, symbol, first_ms, last_ms):
        hours = range(-(-first_ms // HOUR_MS) * HOUR_MS, last_ms + 1, HOUR_MS)
        rows = [self._bar(symbol, at) for at in hours if self.until_ms is None or at < self.until_ms]
        told = {"status": "OK", "ticker": symbol, "adjusted": False, "resultsCount": len(rows), "results": rows}
        return json.dumps(told).encode()

    def _bar(self, symbol, at_ms):
        close = self.changed.get((symbol, at_ms), price(symbol, at_ms + HOUR_MS))
        opened = price(symbol, at_ms)
        high, low = max(opened, close) + 0.01, min(opened, close) - 0.01
        return {"t": at_ms, "o": opened, "h": high, "l": low, "c": close, "v": 100.0, "vw": opened, "n": 7}


def price(symbol, at_ms):
    """Return the price of a symbol at an instant, the same for everybody who asks."""
    return round(100.0 + random.Random(f"{symbol} {at_ms}").gauss(0.0, 0.3), 2)
