"""What every venue is to the rest: pieces of its history, and a decoder of their bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypeAlias, runtime_checkable

import polars as pl

from assay.market.instruments import Instrument
from assay.sources.labels import label
from assay.sources.params import FeedParams
from assay.tables.kinds import Kind

Decoded: TypeAlias = tuple[pl.DataFrame, Mapping[str, int]]
"""Rows in the columns of the kind's table, and how often the decoder applied each of its rules."""

MAIN = "data"
"""The entry of ``params.yaml`` that bars are made of."""

EVENTS: tuple[Kind, ...] = ("actions", "liquidations")
"""Kinds of which a range may hold none: a share without a split, a calm month. Of all others no row is an error."""


@dataclass(frozen=True)
class Feed:
    """One symbol of one feed: what is wanted, from whom, and where its raw bytes are.

    Parameters
    ----------
    params
        The feed's parameters.
    kind
        Which table.
    symbol, venue_symbol
        The name here, which is that of files and folders, and the venue's own.
    instrument
        Its entry in the instrument table; None if it has none.
    root
        The raw cache of the feed's source.
    start_ns, end_ns
        The wanted range, nanoseconds since 1970-01-01 UTC, the end not included; None stands for all there is.
    entry
        Where it stands in ``params.yaml``: ``data``, which bars are made of, or ``data.more[0]`` and so on.
    """

    params: FeedParams
    kind: Kind
    symbol: str
    venue_symbol: str
    instrument: Instrument | None
    root: Path
    start_ns: int | None
    end_ns: int | None
    entry: str = MAIN

    @property
    def label(self) -> str:
        """What paths, receipts and reports call where it comes from; see :mod:`assay.sources.labels`."""
        return label(self.params)

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"{self.label} {self.symbol} {self.kind}"


@dataclass(frozen=True)
class Piece:
    """One raw file or answer.

    Parameters
    ----------
    path
        Where it is kept below the raw cache: the venue's own path.
    start_ns, end_ns
        The period it covers, the end not included.
    url
        Where the venue serves it, without secrets; empty if it is not to be had from there.
    when_missing
        What it means that the venue has none: an error, or that there was nothing (a closed hour).
    checksum_url
        The venue's own checksum of it, in the form of sha256sum; empty if there is none.
    secret
        Name of the environment variable that holds the key it takes; empty if it takes none.
    types
        Content types of a right answer; empty for any.
    after_ns
        How long after the end a row that begins in the period can still change: of a bar of a day, a day.
    by_hand
        Only the user can put it there: it is asked of nobody.
    served_until_ns
        Until when the venue serves the whole of it; None where no end is known, 0 if it no longer does or nobody says.
    """

    path: str
    start_ns: int
    end_ns: int
    url: str = ""
    when_missing: Literal["refuse", "closed"] = "refuse"
    checksum_url: str = ""
    secret: str = ""
    types: tuple[str, ...] = ()
    after_ns: int = 0
    by_hand: bool = False
    served_until_ns: int | None = None


class Venue(Protocol):
    """A venue's history as pieces."""

    kinds: tuple[Kind, ...]
    """What it serves; the first is meant by ``auto``."""

    def pieces(self, feed: Feed) -> Sequence[Piece]:
        """Return the pieces of the wanted range in order of time; the network is not asked."""
        ...

    def decode(self, raw: bytes, piece: Piece, feed: Feed) -> Decoded:
        """Return the rows of a piece, in its order.

        Raises
        ------
        DataError
            If the bytes are not what the venue serves.
        """
        ...


class Turn(Protocol):
    """How a venue's client may ask: at the pace of the run, and as patiently."""

    timeout_seconds: float
    """Silence after which a request is to be given up, seconds."""

    def request(self) -> AbstractContextManager[None]:
        """Return the context for one HTTP request: entered when the host may be asked once more."""
        ...


@runtime_checkable
class Client(Protocol):
    """A venue whose own client does the talking."""

    def ask(self, piece: Piece, feed: Feed, turn: Turn) -> bytes:
        """Return the answer for a piece, as it is kept in the raw cache; each request is made in a ``turn.request()``.

        Raises
        ------
        TransportError
            If there is none; ``final`` tells whether asking again is in vain.
        """
        ...
