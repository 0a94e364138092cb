"""The raw bytes of a feed: its pieces, and where an answer goes on, its further pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from assay.sources.transport.line import Transport
from assay.sources.transport.obtain import Raw, obtain
from assay.sources.venue import Client, Feed, Paging, Piece, Venue


def obtained(
    venue: Venue, feed: Feed, transport: Transport, *, refresh: bool = False, accept_revision: bool = False
) -> list[Raw]:
    """Return the raw bytes of a feed in order of time, from the raw cache or from the venue.

    Raises
    ------
    DataError, TransportError, ParamsError
        As in :func:`assay.sources.transport.obtain.obtain`, and as the venue's ``pieces``.
    """
    ask = partial(obtain, feed=feed, transport=transport, refresh=refresh, accept_revision=accept_revision)
    raws = ask(venue.pieces(feed), client=venue if isinstance(venue, Client) else None)
    if not isinstance(venue, Paging):
        return raws
    return [page for raw in raws for page in _pages(raw, venue, ask)]


def _pages(raw: Raw, venue: Paging, ask: Callable[[Sequence[Piece]], list[Raw]]) -> Iterator[Raw]:
    yield raw
    while not raw.closed:
        with raw.read_by() as content:
            piece = venue.following(content, raw.piece)
        if piece is None:
            return
        (raw,) = ask([piece])
        yield raw
