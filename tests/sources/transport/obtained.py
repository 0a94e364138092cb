"""A piece of one day, what its cache holds of it, and a run that asks for pieces."""

import json
import os

from assay.sources.transport.obtain import obtain
from tests.sources.transport.conftest import AFTER, CSV, line

PATH = "/spot/BTCUSDT/day.csv"
NAME = "spot/BTCUSDT/day.csv"
HOUR_NS = 3_600 * 10**9


def receipt_of(feed, name=NAME):
    return json.loads((feed.root / ".receipts" / f"{name}.json").read_text())


def write(feed, raw=CSV, name=NAME, mtime_ns=AFTER):
    place = feed.root / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(raw)
    os.utime(place, ns=(mtime_ns, mtime_ns))
    return place


def had(pieces, feed, transport=None, **options):
    with transport or line() as talking:
        return [raw.read() for raw in obtain(pieces, feed, talking, **options)]
