"""A feed from its own source or, where that cannot deliver it, from the one that stands in for it, which is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from assay.errors import AssayError, TransportError
from assay.sources.fallback import stand_in
from assay.sources.run.fetched import NoRowError
from assay.sources.run.reason import logged, reason
from assay.sources.transport.line import Transport
from assay.sources.venue import Feed

R = TypeVar("R")


def had(work: Callable[[Feed], R], feed: Feed, transport: Transport) -> tuple[R, dict[str, str]]:
    """Return what work gives of a feed, or else of the feed that stands in for it.

    Parameters
    ----------
    work
        What is done with a feed.
    feed
        The feed that is wanted.
    transport
        How bytes come: offline, nobody stands in for what was not asked for.

    Returns
    -------
    tuple
        What was given; and if another feed stood in, `instead_of`, the label of what was wanted, and `because`, why it
        failed: see :func:`assay.sources.run.reason.reason`. The log has it at length.

    Raises
    ------
    AssayError
        As ``work``; TransportError with both reasons if the other feed fails too.

    Notes
    -----
    The reasons to ask elsewhere are that the source cannot be reached or refuses (TransportError) and that it has no
    row of the range (NoRowError). So a fallback makes tables depend on what the network did. That a venue must not be
    asked (`transport.offline`) is no reason: it says nothing of the source. Nor are rows that break a rule, bytes that
    changed and parameters that are wrong: other prices would hide what is to be mended.
    """
    try:
        return work(feed), {}
    except (TransportError, NoRowError) as error:
        other = stand_in(feed)
        if other is None:
            raise
        _refuse_offline(error, other, transport)
        return _from(other, work, feed, error)


def _refuse_offline(error: AssayError, other: Feed, transport: Transport) -> None:
    if isinstance(error, TransportError) and transport.params.offline:
        source = other.params.source
        remedy = f"set transport.offline to false, or ask {source} in an entry of data.more; offline it never stands in"
        raise TransportError(error.where, error.rule, error.found, remedy, final=True) from None


def _from(other: Feed, work: Callable[[Feed], R], feed: Feed, first: AssayError) -> tuple[R, dict[str, str]]:
    try:
        found = work(other)
    except AssayError as second:
        rule = f"{first.rule}, or come from {other.params.source}, its fallback"
        both = f"{first.found}; and {other.params.source} failed too ({second})"
        raise TransportError(first.where, rule, both, first.remedy, final=True) from None
    logged(feed, first, f"is taken from {other.label}")
    return found, {"instead_of": feed.label, "because": reason(feed, first)}
