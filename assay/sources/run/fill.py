"""Fill the raw cache: bytes only, no table is made. A fetch that follows needs no network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assay.sources.feeds import venue_of
from assay.sources.run.instead import had
from assay.sources.run.pages import obtained, prove
from assay.sources.run.together import partly, together
from assay.sources.transport.line import Transport
from assay.sources.venue import Feed


def filled(
    wanted: Sequence[Feed], transport: Transport, *, refresh: bool = False, accept_revision: bool = False
) -> Iterator[str]:
    """Yield a line per feed that a venue serves, when the bytes of all are in the raw cache.

    Where a source fails, its fallback is asked. That a source has no row is found out when its bytes are decoded.

    Parameters
    ----------
    wanted
        The feeds.
    transport
        How bytes come.
    refresh
        Ask the venue again for what is there: shows whether it has revised its history.
    accept_revision
        Take what has been revised, and record it in the receipts.

    Raises
    ------
    DataError, TransportError, ParamsError
        As in :func:`assay.sources.run.pages.obtained` and :func:`assay.sources.run.pages.prove`, if all feeds fail.
    PartialError
        At the end, if some failed.
    """

    def of_source(feed: Feed) -> str:
        venue = venue_of(feed.params.source)
        if venue is None:
            return f"{feed.name}: nothing to fetch"
        raws = obtained(venue, feed, transport, refresh=refresh, accept_revision=accept_revision)
        prove(raws, venue, feed)
        n_bytes = sum(raw.n_bytes for raw in raws)
        return f"{feed.name}: {len(raws)} files, {n_bytes:,} bytes, {feed.root}"

    def one(feed: Feed) -> str:
        line, instead = had(of_source, feed, transport)
        return f"{line}, instead of {instead['instead_of']}\n" if instead else f"{line}\n"

    outcome = together(one, wanted, transport)
    yield from outcome.results
    if outcome.failures:
        remedy = "mend them, or take them out of data.symbols; the others were fetched"
        raise partly([failure.told() for failure in outcome.failures], len(wanted), remedy)
