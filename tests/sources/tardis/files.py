"""Files of Tardis by hand, and how they are read."""

import gzip

from assay.market.zones import DAY_NS
from assay.sources.moments import nanoseconds
from assay.sources.tardis import VENUE
from assay.sources.venue import Piece
from tests.sources.feeds import feed

DERIVATIVE = "exchange,symbol,timestamp,local_timestamp,funding_timestamp,funding_rate,predicted_funding_rate,"
DERIVATIVE += "open_interest,last_price,index_price,mark_price"
LIQUIDATION = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount"
UPDATE = "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount"
DAY = "2024-01-01"
US = nanoseconds(DAY) // 1_000
HOUR_US = 3_600 * 10**6


def tardis(kind, symbol="BTCUSDT", start=DAY, end="2024-01-02", **params):
    return feed("tardis", kind, symbol, start, end, **params)


def day_piece(day=DAY, symbol="BTCUSDT", dataset="x"):
    start_ns = nanoseconds(day)
    return Piece(f"v1/x/{dataset}/{symbol}.csv.gz", start_ns - 60 * 10**9, start_ns + DAY_NS + 60 * 10**9)


def decoded(kind, raw, day=DAY, symbol="BTCUSDT", dataset="x"):
    return VENUE.decode(raw, day_piece(day, symbol, dataset), tardis(kind, symbol))


def packed(*lines):
    return gzip.compress("\n".join(lines).encode() + b"\n")


def update(ms, is_snapshot, side, price, amount):
    return f"x,BTCUSDT,{US + ms * 1000},{US + ms * 1000 + 7},{is_snapshot},{side},{price},{amount}"


BY_HAND = [
    update(0, "false", "bid", 1, 1),
    update(1000, "true", "bid", 9, 1),
    update(1000, "true", "ask", 11, 2),
    update(2000, "false", "bid", 10, 5),
    update(2000, "false", "bid", 9, 0),
    update(2500, "false", "ask", 10.5, 1),
    update(3000, "true", "ask", 12, 3),
    update(3001, "true", "bid", 8, 4),
    update(4000, "false", "ask", 12, 0),
]


def derivative(hours, funding_hours="", rate="", interest="", index="", mark="", late_us=5):
    at = US + round(hours * HOUR_US)
    funding = US + round(funding_hours * HOUR_US) if funding_hours != "" else ""
    return f"x,BTCUSDT,{at},{at + late_us},{funding},{rate},,{interest},,{index},{mark}"


FUNDINGS = [
    derivative(0, 0, 0.5),
    derivative(1, 8, 0.1, mark=100),
    derivative(7.99, 8, 0.2, mark=101),
    derivative(8.01, 16, 0.3),
    derivative(10, 16, 0.4),
    derivative(16.01, 24, 0.5),
    derivative(23.95, 24, 0.6),
]
