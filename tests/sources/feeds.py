"""Feeds as the engine hands them to a venue."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from assay.errors import DataError
from assay.sources.params import FeedParams
from assay.sources.venue import Feed
from assay.tables.kinds import TABLES


def ns(text):
    """Return an ISO time as nanoseconds, UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000_000


def feed(source, kind, symbol, start=None, end=None, *, instrument=None, root="/nowhere", **params):
    """Return a feed of one symbol; start and end are ISO times."""
    return Feed(
        params=FeedParams(source=source, kind=kind, **params),
        kind=kind,
        symbol=symbol.replace("/", ""),
        venue_symbol=symbol,
        instrument=instrument,
        root=Path(root),
        start_ns=None if start is None else ns(start),
        end_ns=None if end is None else ns(end),
    )


def fates(venue, raws, piece, wanted):
    """Decode damaged copies and count what becomes of them.

    ``refused``: one line of ours that begins with the path; ``table``: rows of the kind; ``wrong``: anything else.
    """
    return Counter(_fate(venue, raw, piece, wanted) for raw in raws)


def _fate(venue, raw, piece, wanted):
    try:
        frame, counts = venue.decode(raw, piece, wanted)
    except DataError as error:
        text = str(error)
        return "refused" if text.startswith(piece.path) and "\n" not in text and len(text) < 1_000 else "wrong"
    sound = frame.schema == TABLES[wanted.kind].empty().schema and all(count >= 0 for count in counts.values())
    return "table" if sound else "wrong"
