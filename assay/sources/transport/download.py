"""One piece, from the venue into the raw cache."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from assay.errors import DataError, StoreError, TransportError
from assay.market.zones import SECOND_NS
from assay.sources.transport import receipts
from assay.sources.transport.cache import Cache, CorruptError
from assay.sources.transport.encoding import unwrap
from assay.sources.transport.faults import AGAIN
from assay.sources.transport.http import MEGABYTE, Answer, Request, get, too_large
from assay.sources.transport.line import Transport
from assay.sources.transport.pace import TooManyError, refuse_long, wait_asked
from assay.sources.transport.part import Part
from assay.sources.transport.receipts import Receipt
from assay.sources.transport.revisions import difference
from assay.sources.transport.secrets import redacted
from assay.sources.transport.tries import attempt
from assay.sources.venue import Client, Feed, Piece

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


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
    accept_revision
        Whether a closed period may have changed.
    seen
        Receipts by path as they were when it was decided what to ask: what another one has brought since then is not
        asked again.
    """

    feed: Feed
    cache: Cache
    transport: Transport
    client: Client | None = None
    accept_revision: bool = False
    seen: Mapping[str, Receipt | None] = field(default_factory=dict)


def download(piece: Piece, errand: Errand) -> Receipt:
    """Ask for a piece until it is there, and keep it.

    Raises
    ------
    TransportError
        If it could not be had.
    DataError
        If it is another one than before, although its period is closed.
    StoreError
        If it cannot be written.
    """
    try:
        with errand.cache.part(piece.path) as part:
            return _brought_meanwhile(piece, errand) or _had(piece, errand, part)
    except OSError as error:
        found, remedy = error.strerror or str(error), "free the disk or change the mode"
        raise StoreError(error.filename or errand.cache.root, "must be writable", found, remedy) from None


def _brought_meanwhile(piece: Piece, errand: Errand) -> Receipt | None:
    """Return the receipt of a piece that another process or thread has brought while we waited for it."""
    try:
        receipt = errand.cache.held(piece, errand.feed)
    except CorruptError:
        return None
    if receipt is None or receipt == errand.seen.get(piece.path, receipt):
        return None
    errand.cache.discard(piece.path)
    return receipt


def _had(piece: Piece, errand: Errand, part: Part) -> Receipt:
    transport = errand.transport
    asked_ns = transport.now_ns()
    facts = attempt(lambda: _tried(piece, errand, part), transport.params, transport.sleep)
    receipt = receipts.issue(
        piece,
        errand.feed,
        sha256=part.sha256(),
        n_bytes=part.size,
        asked_ns=asked_ns,
        url=redacted(piece.url),
        **facts,
    )
    return errand.cache.keep(piece.path, part, _compared(piece, errand, part, receipt))


def _tried(piece: Piece, errand: Errand, part: Part) -> dict[str, Any]:
    """Try once; return what the receipt says beside the bytes."""
    if errand.client:
        return _talked(piece, errand, errand.client, part)
    expected = _checksum(piece, errand.transport) if piece.checksum_url else ""
    answer = get(Request(piece.url, piece.secret, piece.types), part, errand.transport)
    if answer.missing:
        _refuse_missing(piece)
        return {}
    unwrap(part, answer.encoding, piece.url, errand.transport.params.largest_answer_mb * MEGABYTE)
    _refuse_other(piece, errand, part, expected)
    return {"checked": bool(expected), "etag": redacted(answer.etag), "last_modified": redacted(answer.last_modified)}


def _talked(piece: Piece, errand: Errand, client: Client, part: Part) -> dict[str, Any]:
    """Let the venue's client ask, at our pace."""
    params, transport = errand.feed.params, errand.transport
    who = f"{params.exchange if params.source == 'ccxt' else params.source} {piece.path}"
    bucket = transport.pace.of(who.partition(" ")[0])
    bucket.take()
    transport.go_on(who)
    try:
        with transport.clocked(who):
            raw = client.ask(piece, errand.feed)
    except TooManyError as error:
        wait_s = wait_asked(error.retry_after, transport.now_ns() / SECOND_NS)
        bucket.lower()
        refuse_long(error.where, wait_s)
        bucket.hold(wait_s)
        raise
    bucket.rise()
    limit = transport.params.largest_answer_mb * MEGABYTE
    if len(raw) > limit:
        raise too_large(piece.path, f"{len(raw):,} bytes", limit)
    part.replace(raw)
    return {}


def _refuse_missing(piece: Piece) -> None:
    if piece.when_missing == "refuse":
        remedy = "check symbol, range and endpoint"
        raise TransportError(piece.url, "must be there", "the venue has none", remedy, final=True)


def _refuse_other(piece: Piece, errand: Errand, part: Part, expected: str) -> None:
    """Refuse what does not meet the venue's checksum; note what could not be compared with one."""
    if piece.checksum_url and not expected:
        errand.transport.note(f"{piece.path} could not be checked: the venue has no {piece.checksum_url}")
    found = part.sha256() if expected else ""
    if found != expected:
        part.empty()
        rule = f"must have the venue's checksum {expected[:12]}"
        raise TransportError(piece.url, rule, f"sha256 {found[:12]}", AGAIN)


def _checksum(piece: Piece, transport: Transport) -> str:
    """Return the SHA-256 that the venue's checksum file gives for a piece; empty if there is no such file."""
    answer, part = _small(Request(piece.checksum_url, piece.secret), transport)
    if answer.missing:
        return ""
    name = urlsplit(piece.url).path.rpartition("/")[2]
    lines = [line.split(maxsplit=1) for line in part.read().decode("utf-8", "replace").splitlines() if line.strip()]
    sums = [line[0] for line in lines if len(line) == 1 or line[1].lstrip("*").rpartition("/")[2].strip() == name]
    if len(sums) != 1 or not _SHA256.fullmatch(sums[0]):
        rule, found = f"must give one sha256 for {name}", f"{len(sums)} among {len(lines)} lines"
        raise TransportError(piece.checksum_url, rule, found, AGAIN)
    return sums[0].lower()


def _small(request: Request, transport: Transport) -> tuple[Answer, Part]:
    """Ask for what is small and is not kept."""
    part = Part(io.BytesIO())
    return get(request, part, transport), part


def _compared(piece: Piece, errand: Errand, part: Part, receipt: Receipt) -> Receipt:
    """Return the receipt with the piece's past; refuse bytes of a closed period that have changed."""
    cache = errand.cache
    old = cache.receipt(piece.path)
    if old is None:
        return receipt
    if old.sha256 == receipt.sha256 or old.is_open(piece):
        return receipt.model_copy(update={"revisions": old.revisions})
    before = _before(piece, cache, old)
    if errand.accept_revision:
        if before is not None:
            cache.set_aside(piece.path, before)
        return receipt.revised_from(old)
    now = part.read()
    found = f"{difference(old, now, before)}; kept at {cache.set_aside(piece.path, now)}"
    cache.discard(piece.path)
    remedy = "accept it with --accept-revision" + (", or go on with the old bytes" if before is not None else "")
    raise DataError(cache.place(piece.path), "a closed period must not change", redacted(found), remedy)


def _before(piece: Piece, cache: Cache, old: Receipt) -> bytes | None:
    """Return the bytes of the older receipt, if they are still there."""
    with suppress(FileNotFoundError, CorruptError):
        return cache.read(piece.path, old.sha256)
    return None
