"""What a venue has changed of rows that were over, between two answers for one piece."""

from __future__ import annotations

from collections.abc import Sequence

from assay.errors import DataError
from assay.sources.abilities import Retelling
from assay.sources.decode.times import lag_ns
from assay.sources.told import Told, change
from assay.sources.transport.errand import Compare
from assay.sources.transport.receipts import LATE_NS
from assay.sources.venue import Feed, Piece, Venue


def comparing(venue: Venue, feed: Feed) -> Compare:
    """Return the function that holds two answers for a piece of a feed against one another.

    Returns
    -------
    Compare
        Given the older bytes, the newer ones, the piece, and when the older ones were asked for, tells in words the
        first row that was over by then and has changed or vanished; nothing if all are as they were. It raises
        DataError if the newer bytes hold no data.

    Notes
    -----
    Over was what had ended by that instant, less an hour, in which a venue's last rows may come, and less
    ``piece.after_ns``: of bars of a day another day. The publish lag of the feed does not matter: what an answer has
    was there. Older bytes that hold no data are compared with nothing: no table was made of them.
    """

    def compared(before: bytes, now: bytes, piece: Piece, asked_ns: int) -> str:
        end_ns = asked_ns - LATE_NS - piece.after_ns + lag_ns(feed.params)
        new = _told(now, piece, venue, feed)
        old = _if_readable(before, piece, venue, feed) or new
        return next((said for one, other in zip(old, new, strict=True) if (said := change(one, other, end_ns))), "")

    return compared


def _told(raw: bytes, piece: Piece, venue: Venue, feed: Feed) -> Sequence[Told]:
    if isinstance(venue, Retelling):
        return venue.told(raw, piece, feed)
    return (Told(feed.kind, venue.decode(raw, piece, feed)[0]),)


def _if_readable(raw: bytes, piece: Piece, venue: Venue, feed: Feed) -> Sequence[Told]:
    try:
        return _told(raw, piece, venue, feed)
    except DataError:
        return ()
