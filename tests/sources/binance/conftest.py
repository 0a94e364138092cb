"""Feeds, pieces and archives that the tests of Binance share."""

import io
import zipfile
from pathlib import Path

from assay.market.zones import DAY_NS
from assay.sources.binance import VENUE
from assay.sources.moments import nanoseconds
from assay.sources.params import FeedParams
from assay.sources.venue import Feed, Piece


def feed(kind="ohlcv", start="2024-01-01", end="2024-02-01", *, symbol="BTCUSDT", root=Path("nowhere"), **params):
    one = FeedParams(source="binance", kind=kind, start=start, end=end, **params)
    return Feed(one, kind, symbol, symbol, None, Path(root), *one.bounds_ns())


def paths(one):
    return [piece.path for piece in VENUE.pieces(one)]


def zipped(*lines, name="a.csv"):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, "\n".join(lines) + "\n")
    return packed.getvalue()


def piece(path, start, end):
    return Piece(path, nanoseconds(start), nanoseconds(end))


def decoded(one, path, day, *lines):
    """Decode an archive of a day, or the answer of one, written line by line."""
    raw = zipped(*lines) if path.endswith(".zip") else "\n".join(lines).encode()
    start_ns = nanoseconds(day)
    return VENUE.decode(raw, Piece(path, start_ns, start_ns + DAY_NS), one)
