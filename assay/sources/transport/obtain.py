"""The one way to raw bytes: from the raw cache where they are, from the venue where they are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, as_completed, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace

from assay.compute.progress import counted
from assay.errors import DataError, TransportError
from assay.market.zones import SECOND_NS
from assay.sources.decode.chunk import reading
from assay.sources.decode.refusals import UnwantedError
from assay.sources.transport.cache import Cache, CorruptError
from assay.sources.transport.download import Errand, download
from assay.sources.transport.line import Transport
from assay.sources.transport.receipts import Receipt
from assay.sources.transport.secrets import redacted
from assay.sources.venue import Client, Feed, Piece

HOUR_NS = 3_600 * SECOND_NS
NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""SHA-256 of no bytes."""


@dataclass(frozen=True)
class Raw:
    """Bytes of a piece, read when they are wanted.

    Parameters
    ----------
    piece
        The piece.
    cache
        Where they lie.
    receipt
        What is known of them; None where there is nothing and no file says so.
    is_new
        Whether they have come just now.
    """

    piece: Piece
    cache: Cache
    receipt: Receipt | None
    is_new: bool = False

    @property
    def sha256(self) -> str:
        """Hash of the bytes as the venue serves them."""
        return self.receipt.sha256 if self.receipt else NOTHING

    @property
    def n_bytes(self) -> int:
        """Number of the bytes as the venue serves them."""
        return self.receipt.n_bytes if self.receipt else 0

    @property
    def closed(self) -> bool:
        """Whether there is nothing: a closed hour, or a period of which the venue has none."""
        return self.receipt is None or self.receipt.closed

    @property
    def asked_ns(self) -> int | None:
        """When the venue was asked, if a row may not have been over then; else None."""
        return self.receipt.asked_ns if self.receipt and self.receipt.is_early(self.piece) else None

    def read(self) -> bytes:
        """Return the bytes, checked against their hash.

        Raises
        ------
        DataError
            If they have changed since.
        """
        if self.receipt is None:
            return b""
        with reading(self.cache.place(self.piece.path)):
            return self.cache.read(self.piece.path, self.sha256)

    @contextmanager
    def read_by(self) -> Iterator[bytes]:
        """Give the bytes to a decoder; new ones in which it finds no data are put aside, to be asked for again.

        Older ones stay: a venue with a short memory would not have them any more. Those that only the params do not
        take (UnwantedError) stay too: the next answer would be the same.
        """
        raw = self.read()
        try:
            yield raw
        except DataError as error:
            if self.is_new and not isinstance(error, UnwantedError):
                self.cache.reject(self.piece.path, self.sha256)
            raise


def obtain(
    pieces: Sequence[Piece],
    feed: Feed,
    transport: Transport,
    *,
    client: Client | None = None,
    refresh: bool = False,
    accept_revision: bool = False,
) -> list[Raw]:
    """Return the raw bytes of pieces, in their order; ask the venue only for what is lacking.

    Lacking is what is not in the raw cache, what is not what its receipt says, and what was asked while its period was
    not over and is older than `open_ttl_hours`. `at_once` of them are under way, of all calls that share the transport.

    Parameters
    ----------
    pieces
        What is wanted.
    feed
        The feed they belong to; `root` is the raw cache.
    transport
        How they come; it may be shared by several calls at once.
    client
        The venue's own client, where it does the talking.
    refresh
        Ask again for everything.
    accept_revision
        Take bytes of a closed period that differ from their receipt, and record it there.

    Raises
    ------
    TransportError
        If a piece could not be had: the first of them in order. What was under way is finished and kept.
    DataError
        If bytes of a closed period have changed, or if bytes that only the user can restore are not those of their
        receipt.
    ParamsError
        If a key is lacking, before the first request.
    """
    cache = Cache(feed.root, transport.cipher)
    errand = Errand(feed, cache, transport, client, accept_revision)
    there = {piece.path: _there(piece, errand, refresh=refresh) for piece in pieces}
    lacking = [piece for piece in pieces if there[piece.path] is None and _can_come(piece, errand)]
    _refuse_unreachable([piece for piece in pieces if there[piece.path] is None], errand)
    transport.secrets.check(piece.secret for piece in lacking if piece.secret)
    seen = {piece.path: cache.receipt(piece.path) for piece in lacking}
    there.update(_all_had(lacking, replace(errand, seen=seen)))
    return [Raw(piece, cache, there[piece.path], is_new=piece.path in seen) for piece in pieces]


def _there(piece: Piece, errand: Errand, *, refresh: bool) -> Receipt | None:
    """Return the receipt of a piece that need not be asked for; nothing if it must be."""
    reachable = _can_come(piece, errand) and not errand.transport.params.offline
    try:
        with reading(errand.cache.place(piece.path)):
            receipt = errand.cache.held(piece, errand.feed)
    except CorruptError:
        if not reachable:
            raise
        return None
    if receipt is None or not reachable:
        return receipt
    return None if refresh or _is_stale(piece, receipt, errand.transport) else receipt


def _is_stale(piece: Piece, receipt: Receipt, transport: Transport) -> bool:
    """Return whether a piece could still change when it was asked, and that was long ago."""
    age_ns = transport.now_ns() - receipt.asked_ns
    return receipt.is_open(piece) and age_ns >= transport.params.open_ttl_hours * HOUR_NS


def _can_come(piece: Piece, errand: Errand) -> bool:
    return not piece.by_hand and bool(piece.url or errand.client)


def _refuse_unreachable(lacking: Sequence[Piece], errand: Errand) -> None:
    """Refuse what is not in the raw cache and cannot be asked for.

    Raises
    ------
    TransportError
        Naming the first and how many there are.
    """
    offline = errand.transport.params.offline
    far = [piece for piece in lacking if _must_be_there(piece, errand, offline=offline)]
    if not far:
        return
    found = f"{len(far)} missing, the first is {far[0].path}"
    remedy = "set transport.offline to false" if offline else "put the files there (0 bytes for a closed period)"
    why = "offline" if offline else "these are not downloaded"
    rule = f"must be in the raw cache: {why}"
    raise TransportError(errand.cache.root, rule, redacted(found), f"{remedy}, or change the range", final=True)


def _must_be_there(piece: Piece, errand: Errand, *, offline: bool) -> bool:
    return offline if _can_come(piece, errand) else piece.when_missing == "refuse"


def _all_had(lacking: Sequence[Piece], errand: Errand) -> dict[str, Receipt]:
    """Download pieces, some at once; on a failure start no more, and finish those under way."""
    if not lacking:
        return {}
    label = f"{errand.feed.params.source} {errand.feed.symbol}"
    pool = errand.transport.pool
    asked = {piece.path: pool.submit(download, piece, errand) for piece in dict.fromkeys(lacking)}
    try:
        for done in counted(as_completed(asked.values()), len(asked), label, unit=" files"):
            if done.exception():
                break
    except BaseException:
        errand.transport.stop()
        raise
    finally:
        wait([future for future in asked.values() if not future.cancel()])
        errand.transport.report()
    return _results(asked)


def _results(asked: dict[str, Future[Receipt]]) -> dict[str, Receipt]:
    """Return the receipts by path; raise the first failure in order."""
    return {path: future.result() for path, future in asked.items() if not future.cancelled()}
