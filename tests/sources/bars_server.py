"""Hourly bars, splits and dividends of any symbol, in the form of Polygon's answers."""

import json
import random
import re
from itertools import repeat

HOUR_MS = 3_600_000
AGGREGATES = re.compile(r"/v2/aggs/ticker/([^/]+)/range/1/hour/(\d+)/(\d+)")
DATES = {"/v3/reference/splits": "execution_date", "/v3/reference/dividends": "ex_dividend_date"}
KEY = "pk_test_0123456789"


class Aggregates(dict):
    """Routes of a :class:`tests.sources.server.Server`; bars end with `until_ms`, as if that were now.

    ``changed`` maps (symbol, ms) to another close, ``unknown`` are symbols that the venue does not have, ``actions``
    rows of splits and dividends. Answers have the next of ``ids`` as `request_id`: all the
    same, so that equal answers are equal bytes, where the venue's own differ.
    """

    def __init__(self, until_ms=None, unknown=(), actions=()):
        self.until_ms, self.unknown, self.changed, self.actions = until_ms, unknown, {}, actions
        self.ids = repeat(f"{0:032x}")

    def get(self, path, default=None):
        if path in DATES:
            return lambda request: self.happened(DATES[path], request.query)
        asked = AGGREGATES.fullmatch(path)
        if not asked or asked[1] in self.unknown:
            return default
        return lambda _: self.answer(asked[1], int(asked[2]), int(asked[3]))

    def answer(self, symbol, first_ms, last_ms):
        hours = range(-(-first_ms // HOUR_MS) * HOUR_MS, last_ms + 1, HOUR_MS)
        rows = [self._bar(symbol, at) for at in hours if self.until_ms is None or at < self.until_ms]
        told = {"status": "OK", "ticker": symbol, "adjusted": False, "resultsCount": len(rows), "results": rows}
        return self._marked(told)

    def happened(self, date, query):
        """Return the actions of a ticker of whose dates one has the name that is asked for, in the range."""
        first, after = query[f"{date}.gte"], query[f"{date}.lt"]
        rows = [one for one in self.actions if one["ticker"] == query["ticker"] and first <= one.get(date, "") < after]
        return self._marked({"status": "OK", "results": rows})

    def _marked(self, answer):
        return json.dumps({"request_id": next(self.ids), **answer}).encode()

    def _bar(self, symbol, at_ms):
        close = self.changed.get((symbol, at_ms), price(symbol, at_ms + HOUR_MS))
        opened = price(symbol, at_ms)
        high, low = max(opened, close) + 0.01, min(opened, close) - 0.01
        return {"t": at_ms, "o": opened, "h": high, "l": low, "c": close, "v": 100.0, "vw": opened, "n": 7}


def price(symbol, at_ms):
    """Return the price of a symbol at an instant, the same for everybody who asks."""
    return round(100.0 + random.Random(f"{symbol} {at_ms}").gauss(0.0, 0.3), 2)
