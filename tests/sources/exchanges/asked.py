"""What Kraken is asked by a real client, and the table of what it answers."""

import time

import polars as pl

from assay.sources.exchanges import VENUE
from tests.sources.exchanges.kraken import NOW
from tests.sources.feeds import ns
from tests.sources.turns import FREELY

HOUR = 3_600


def iso(second):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))


def recent(asked, hours, **params):
    """Return a feed of the hours before now, and the windows of its range."""
    wanted = asked("ohlcv", "BTC/USD", iso(NOW - hours * HOUR), iso(NOW + HOUR), **params)
    return wanted, VENUE.pieces(wanted)


def rows(wanted, table, pieces=None):
    frames = [VENUE.decode(VENUE.ask(piece, wanted, FREELY), piece, wanted) for piece in pieces or VENUE.pieces(wanted)]
    return table.check(pl.concat([frame for frame, _ in frames]), wanted.symbol), [rules for _, rules in frames]


START = ns("2024-01-02") // 10**9
MANY = [("100.5", "0.25", START + i // 40, "bs"[i % 2]) for i in range(400)]
