"""One piece, from the venue into the raw cache."""

from __future__ import annotations

import hashlib
import io
import re
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from assay.errors import StoreError, TransportError
from assay.market.zones import SECOND_NS
from assay.sources.transport import receipts
from assay.sources.transport.cache import CorruptError
from assay.sources.transport.compared import compared
from assay.sources.transport.encoding import unwrap
from assay.sources.transport.errand import Errand, as_served
from assay.sources.transport.faults import AGAIN
from assay.sources.transport.http import MEGABYTE, Answer, Request, get, too_large
from assay.sources.transport.line import Transport
from assay.sources.transport.pace import TooManyError, refuse_long, wait_asked
from assay.sources.transport.part import Part
from assay.sources.transport.receipts import Receipt
from assay.sources.transport.secrets import redacted
from assay.sources.transport.tries import attempt
from assay.sources.transport.turn import Turns
from assay.sources.venue import Client, Piece

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


def download(piece: Piece, errand: Errand) -> Receipt:
    """Ask for a piece until it is there, and keep it.

    Of a closed period that the venue no longer serves, or of which it tells the same data in an answer that differs in
    marks of the request only, what is there stays, and its receipt is returned.

    Raises
    ------
    TransportError
        If it could not be had.
    DataError
        If what was over when it was asked before is another now; see :mod:`assay.sources.transport.compared`.
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
    receipt = _there(piece, errand)
    if receipt is None or receipt == errand.seen.get(piece.path, receipt):
        return None
    errand.cache.discard(piece.path)
    return receipt


def _there(piece: Piece, errand: Errand) -> Receipt | None:
    """Return the receipt of a piece whose bytes are there, and are those of their receipt."""
    with suppress(CorruptError):
        return errand.cache.held(piece, errand.feed)
    return None


def _had(piece: Piece, errand: Errand, part: Part) -> Receipt:
    transport = errand.transport
    asked_ns = transport.now_ns()
    try:
        facts = attempt(lambda: _tried(piece, errand, part), transport.params, transport.sleep)
    except TransportError as error:
        if not error.final or (stays := _unserved(piece, errand)) is None:
            raise
        transport.note(f"{piece.path} was not had again, what is there stays: {error.found}")
        return stays
    receipt = receipts.issue(
        piece,
        errand.feed,
        sha256=part.sha256(),
        n_bytes=part.size,
        asked_ns=asked_ns,
        url=redacted(piece.url),
        data_sha256=_data_sha256(piece, errand, part),
        **facts,
    )
    return _settled(piece, errand, part, receipt)


def _settled(piece: Piece, errand: Errand, part: Part, receipt: Receipt) -> Receipt:
    """Keep the new bytes, unless the old ones tell the same and stay; return the receipt of those that are kept."""
    told = compared(piece, errand, part, receipt)
    if told.sha256 == receipt.sha256:
        return errand.cache.keep(piece.path, part, told)
    errand.cache.discard(piece.path)
    return told


def _data_sha256(piece: Piece, errand: Errand, part: Part) -> str:
    """Return the hash of new bytes without marks of the request; empty where the venue makes none."""
    return "" if errand.steady is as_served else hashlib.sha256(errand.steady(part.read(), piece)).hexdigest()


def _unserved(piece: Piece, errand: Errand) -> Receipt | None:
    """Return the receipt of what is there, if its period is closed and the venue no longer serves it."""
    receipt = _there(piece, errand)
    if receipt is None or receipt.is_open(piece) or receipt.can_be_had_again(errand.transport.now_ns()):
        return None
    errand.cache.discard(piece.path)
    return receipt


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
    """Let the venue's client ask, each request at our pace and with our patience."""
    params, transport = errand.feed.params, errand.transport
    who = f"{params.exchange if params.source == 'ccxt' else params.source} {piece.path}"
    turns = Turns(transport, who)
    try:
        raw = client.ask(piece, errand.feed, turns)
    except TooManyError as error:
        wait_s = wait_asked(error.retry_after, transport.now_ns() / SECOND_NS)
        turns.bucket.lower()
        refuse_long(error.where, wait_s)
        turns.bucket.hold(wait_s)
        raise
    turns.bucket.rise()
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
