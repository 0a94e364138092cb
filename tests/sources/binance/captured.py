"""Lines of a recorded stream, made by hand, and how they are read."""

import json

from assay.sources.binance import VENUE
from assay.sources.binance.book import books
from assay.sources.moments import nanoseconds
from tests.sources.binance.conftest import feed, piece

NANO = nanoseconds("2024-08-08")
MS = NANO // 10**6


def line(received_ms, data, stream="btcusdt@depth"):
    return f"{NANO + received_ms * 10**6} " + json.dumps({"stream": stream, "data": data}, separators=(",", ":"))


def depth(ms, first, last, before, bids=(), asks=()):
    levels = {"b": [list(level) for level in bids], "a": [list(level) for level in asks]}
    named = {"e": "depthUpdate", "E": MS + ms, "T": MS + ms, "s": "BTCUSDT", "U": first, "u": last, "pu": before}
    return line(ms + 5, {**named, **levels})


def snapshot(ms, last, bids, asks):
    return f'{NANO + ms * 10**6} {{"lastUpdateId":{last},"bids":{json.dumps(bids)},"asks":{json.dumps(asks)}}}'


def small(kind, *lines, market="usdm", pace_ns=0, name="usdm/btcusdt_20240808.gz"):
    one, where = feed(kind, market=market), piece(name, "2024-08-08", "2024-08-09")
    raw = ("\n".join(lines) + "\n").encode()
    return books(raw, where, one, pace_ns) if kind == "book" else VENUE.decode(raw, where, one)


LEVELS = [["10", "1"], ["9", "2"]], [["11", "3"], ["12", "4"]]
FIRST = depth(0, 1, 5, 0, [["10", "9"]])
RUN = [
    depth(1000, 6, 8, 5, [["10", "0"]], [["11", "5"]]),
    depth(2000, 9, 9, 8, [["9.5", "7"]]),
    depth(4000, 12, 13, 11, [["8", "1"]]),
    depth(5000, 14, 14, 13, [["8", "2"]]),
]
