"""The raw bytes of a feed: its pieces, and where an answer goes on, its further pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial

from assay.errors import DataError
from assay.sources.abilities import Marking, Paging
from assay.sources.decode.refusals import UnwantedError
from assay.sources.run.past import comparing
from assay.sources.transport.errand import as_served
from assay.sources.transport.line import Transport
from assay.sources.transport.obtain import obtain
from assay.sources.transport.raw import Raw
from assay.sources.venue import Client, Feed, Piece, Venue


def obtained(
    venue: Venue, feed: Feed, transport: Transport, *, refresh: bool = False, accept_revision: bool = False
) -> list[Raw]:
    """Return the raw bytes of a feed in order of time, from the raw cache or from the venue.

    Raises
    ------
    DataError, TransportError, ParamsError
        As in :func:`assay.sources.transport.obtain.obtain`, and as the venue's ``pieces``.
    """
    ask = partial(
        obtain,
        feed=feed,
        transport=transport,
        compare=comparing(venue, feed),
        steady=venue.steady if isinstance(venue, Marking) else as_served,
        refresh=refresh,
        accept_revision=accept_revision,
    )
    raws = ask(venue.pieces(feed), client=venue if isinstance(venue, Client) else None)
    if not isinstance(venue, Paging):
        return raws
    return [page for raw in raws for page in _pages(raw, venue, ask)]


def prove(raws: Sequence[Raw], venue: Venue, feed: Feed) -> None:
    """Decode what has come just now, for its own sake: bytes without data are put aside before they are relied on.

    That the params do not take good bytes is no fault of theirs, and is said where rows are made of them.

    Raises
    ------
    DataError
        If bytes hold no data: the first error, when all have been looked at.
    """
    faults = [fault for raw in raws if raw.is_new and not raw.closed and (fault := _fault(raw, venue, feed))]
    if faults:
        raise faults[0]


def _fault(raw: Raw, venue: Venue, feed: Feed) -> DataError | None:
    try:
        with suppress(UnwantedError), raw.read_by() as content:
            venue.decode(content, raw.piece, feed)
    except DataError as error:
        return error
    return None


def _pages(raw: Raw, venue: Paging, ask: Callable[[Sequence[Piece]], list[Raw]]) -> Iterator[Raw]:
    yield raw
    while not raw.closed:
        with raw.read_by() as content:
            piece = venue.following(content, raw.piece)
        if piece is None:
            return
        (raw,) = ask([piece])
        yield raw
