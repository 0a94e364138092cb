"""What a download needs to know beside the piece."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from assay.sources.transport.cache import Cache
from assay.sources.transport.line import Transport
from assay.sources.transport.receipts import Receipt
from assay.sources.venue import Client, Feed, Piece

Compare: TypeAlias = Callable[[bytes, bytes, Piece, int], str]
"""Tells in words what the second bytes of a piece have changed in rows of the first that were over at an instant."""

Steady: TypeAlias = Callable[[bytes, Piece], bytes]
"""Returns the bytes of a piece without what is one request's alone."""


def as_served(raw: bytes, piece: Piece) -> bytes:  # noqa: ARG001 - one of Steady
    """Return bytes as they are: of a venue whose answers have no marks of the request."""
    return raw


@dataclass(frozen=True)
class Errand:
    """What a download needs beside the piece.

    Parameters
    ----------
    feed
        The feed that the pieces belong to.
    cache
        Where they go.
    transport
        How they come.
    client
        The venue's own client, where it does the talking.
    compare
        Holds new bytes of an open piece against the old ones; None where nobody can.
    steady
        Takes out of closed bytes what is one request's alone, before they are compared.
    accept_revision
        Whether the past may have changed.
    seen
        Receipts by path as they were when it was decided what to ask: what another one has brought since then is not
        asked again.
    """

    feed: Feed
    cache: Cache
    transport: Transport
    client: Client | None = None
    compare: Compare | None = None
    steady: Steady = as_served
    accept_revision: bool = False
    seen: Mapping[str, Receipt | None] = field(default_factory=dict)
