"""Receipts of the raw cache: what was had, from where, when, and what it once was."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from assay.errors import DataError
from assay.market.zones import SECOND_NS
from assay.sources.decode.chunk import reading
from assay.sources.moments import instant, nanoseconds
from assay.sources.venue import Feed, Piece
from assay.types import Params

SETTLED_NS = 48 * 3_600 * SECOND_NS
"""A venue that has nothing may have it later: what is missing is not final until this long after the period."""
LATE_NS = 3_600 * SECOND_NS
"""A venue's last rows may come after their period: what was asked sooner after it is asked for once more."""


class Revision(Params):
    """Bytes that a piece once had, and that were revised: of a closed period, or in rows that were over."""

    sha256: str
    n_bytes: int
    asked_at: str
    replaced_at: str


class Receipt(Params):
    """What is known of one file of the raw cache.

    Parameters
    ----------
    source, symbol, kind
        The feed that it belongs to.
    start_at, end_at
        The period that it covers, ISO, UTC, the end not included.
    url
        Where it came from, without secrets; empty if it was put there by hand, or asked by a venue's own client.
    sha256, n_bytes
        The bytes as the venue serves them, whatever the form they are stored in.
    data_sha256
        Hash of the bytes without what is one request's alone, where the venue writes such a thing: should the bytes be
        lost, it tells whether others hold the same data.
    asked_at
        When it was asked; of what was put there by hand, when the file was last changed.
    by_hand
        Whether it was put there by hand.
    closed
        Whether there is nothing in it.
    checked
        Whether it met the venue's own checksum.
    etag, last_modified
        What the venue said of the version.
    served_until
        Until when the venue serves it, ISO, UTC; empty where no end is known.
    stored_bytes, stored_mtime_ns
        Size and time of change of the file when its bytes were last looked at: while they stay, the bytes do.
    revisions
        What it was before, oldest first.
    """

    source: str
    symbol: str
    kind: str
    start_at: str
    end_at: str
    url: str = ""
    sha256: str
    n_bytes: int
    data_sha256: str = ""
    asked_at: str
    by_hand: bool = False
    closed: bool = False
    checked: bool = False
    etag: str = ""
    last_modified: str = ""
    served_until: str = ""
    stored_bytes: int = 0
    stored_mtime_ns: int = 0
    revisions: tuple[Revision, ...] = ()

    @property
    def asked_ns(self) -> int:
        """When it was asked, nanoseconds since 1970-01-01 UTC."""
        return nanoseconds(self.asked_at)

    def can_be_had_again(self, at_ns: int) -> bool:
        """Return whether the venue still serves it at some time, nanoseconds since 1970-01-01 UTC."""
        return not self.served_until or at_ns < nanoseconds(self.served_until)

    def is_open(self, piece: Piece) -> bool:
        """Return whether the piece can still change: it was asked before its period was over, and an hour past.

        A file whose time of change lies before its period says nothing by it; it is taken to be whole.
        """
        over_ns = piece.end_ns + piece.after_ns
        if self.by_hand:
            return piece.start_ns <= self.asked_ns < over_ns
        return self.asked_ns < over_ns + (SETTLED_NS if self.closed else LATE_NS)

    def is_early(self, piece: Piece) -> bool:
        """Return whether a row of the piece may not have been over when it was asked: its last bar ends after it."""
        return self.is_open(piece) or (not self.by_hand and self.asked_ns < piece.end_ns + SETTLED_NS)

    def written(self) -> bytes:
        """Return the text of its file."""
        return f"{self.model_dump_json(indent=2)}\n".encode()

    def revised_from(self, old: Receipt) -> Receipt:
        """Return this receipt with the older one, whose bytes are others, among its revisions."""
        past = Revision(sha256=old.sha256, n_bytes=old.n_bytes, asked_at=old.asked_at, replaced_at=self.asked_at)
        return self.model_copy(update={"revisions": (*old.revisions, past)})


def issue(piece: Piece, feed: Feed, *, sha256: str, n_bytes: int, asked_ns: int, **facts: Any) -> Receipt:
    """Return the receipt of a piece that was had; further facts by the names of its fields."""
    return Receipt(
        source=feed.params.source,
        symbol=feed.symbol,
        kind=feed.kind,
        start_at=iso(piece.start_ns),
        end_at=iso(piece.end_ns),
        sha256=sha256,
        n_bytes=n_bytes,
        asked_at=iso(asked_ns),
        closed=not n_bytes,
        served_until="" if piece.served_until_ns is None else iso(piece.served_until_ns),
        **facts,
    )


def read(path: Path) -> Receipt | None:
    """Return the receipt in a file; nothing if there is none.

    Raises
    ------
    DataError
        If the file cannot be read, or is no receipt.
    """
    with reading(path):
        content = _content(path)
    try:
        return None if content is None else Receipt.model_validate_json(content)
    except ValidationError as error:
        found = f"{error.error_count()} faults, the first: {error.errors()[0]['msg']}"
        remedy = "remove the receipt and the file, to fetch it again"
        raise DataError(path, "must be a receipt of the raw cache", found, remedy) from None


def _content(path: Path) -> bytes | None:
    with suppress(FileNotFoundError):
        return path.read_bytes()
    return None


def iso(at_ns: int) -> str:
    """Return nanoseconds since 1970-01-01 UTC as ISO text, to the microsecond."""
    return instant(at_ns).isoformat()
