"""The one way to raw bytes: from the raw cache where they are, from the venue where they are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, as_completed, wait
from dataclasses import replace

from assay.errors import TransportError
from assay.market.zones import SECOND_NS
from assay.sources.decode.chunk import reading
from assay.sources.transport.cache import Cache, CorruptError
from assay.sources.transport.download import download
from assay.sources.transport.errand import Compare, Errand, Steady, as_served
from assay.sources.transport.line import Transport
from assay.sources.transport.raw import Raw
from assay.sources.transport.receipts import Receipt
from assay.sources.transport.secrets import log, redacted
from assay.sources.venue import Client, Feed, Piece

HOUR_NS = 3_600 * SECOND_NS


def obtain(
    pieces: Sequence[Piece],
    feed: Feed,
    transport: Transport,
    *,
    client: Client | None = None,
    compare: Compare | None = None,
    steady: Steady = as_served,
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
    compare
        Tells what has changed among the rows of an open piece that were over when it was asked before.
    steady
        Takes out of the bytes of a closed piece what is one request's alone: if only that differs, the old ones stay.
    refresh
        Ask again for everything. What the venue no longer serves stays as it is, named and counted in the log.
    accept_revision
        Take bytes of a closed period that differ from their receipt, and rows that were over and have changed, and
        record it there.

    Raises
    ------
    TransportError
        If a piece could not be had: the first of them in order. What was under way is finished and kept.
    DataError
        If bytes of a closed period or rows that were over have changed, or if bytes that only the user can restore are
        not those of their receipt.
    ParamsError
        If a key is lacking, before the first request.
    """
    cache = Cache(feed.root, transport.cipher)
    errand = Errand(feed, cache, transport, client, compare, steady, accept_revision)
    there = {piece.path: _there(piece, errand, refresh=refresh) for piece in pieces}
    lacking = [piece for piece in pieces if there[piece.path] is None and _can_come(piece, errand)]
    _refuse_unreachable([piece for piece in pieces if there[piece.path] is None], errand)
    transport.secrets.check(piece.secret for piece in lacking if piece.secret)
    seen = {piece.path: cache.receipt(piece.path) for piece in lacking}
    had = _all_had(lacking, replace(errand, seen=seen))
    new = _came(had, seen)
    _log_unserved([receipt for path, receipt in had.items() if path not in new], len(had), transport.now_ns())
    return [Raw(piece, cache, (there | had)[piece.path], is_new=piece.path in new) for piece in pieces]


def _came(had: Mapping[str, Receipt], seen: Mapping[str, Receipt | None]) -> set[str]:
    """Return the paths of what came; the rest is as it was."""
    return {path for path, receipt in had.items() if (old := seen[path]) is None or receipt.asked_at != old.asked_at}


def _log_unserved(stay: Sequence[Receipt], n_asked: int, now_ns: int) -> None:
    """Log how many pieces stay because the venue no longer serves them, and not because nothing in them has changed."""
    if n_unserved := sum(not receipt.can_be_had_again(now_ns) for receipt in stay):
        log().warning("%d of %d pieces are no longer served; what is there stays", n_unserved, n_asked)


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
        for done in errand.transport.counted(as_completed(asked.values()), len(asked), label):
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
