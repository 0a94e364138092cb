"""New bytes held against the old ones of their piece: what was over must not change unseen.

Of a closed period no byte may differ, but for what a venue writes of the request alone, such as an id: if only that is
another, the old bytes stay, or if they are lost the new ones take their place. A piece that was open when it was asked
before may have further rows, and other ones in place of those that were not over; the others are compared, by the
function of the errand.
"""

from __future__ import annotations

from contextlib import suppress

from assay.errors import DataError
from assay.sources.decode.refusals import UnwantedError
from assay.sources.transport.cache import CorruptError
from assay.sources.transport.errand import Errand
from assay.sources.transport.part import Part
from assay.sources.transport.receipts import Receipt
from assay.sources.transport.revisions import difference
from assay.sources.transport.secrets import redacted
from assay.sources.venue import Piece


def compared(piece: Piece, errand: Errand, part: Part, receipt: Receipt) -> Receipt:
    """Return the receipt of a piece with its past: that of the old bytes, if those are to stay, else the new one.

    Parameters
    ----------
    piece, errand
        The piece, and what is known of the download.
    part
        The new bytes.
    receipt
        Theirs.

    Raises
    ------
    DataError
        If they change what was over, and that is not accepted; if they are in place of an open piece's bytes and hold
        no data. The old bytes stay, the new ones are set aside.
    """
    old = errand.cache.receipt(piece.path)
    if old is None:
        return receipt
    again = receipt.model_copy(update={"revisions": old.revisions})
    if old.sha256 == receipt.sha256:
        return again
    before = _before(piece, errand, old)
    is_lost = before is None and "" != old.data_sha256 == receipt.data_sha256
    found = "" if is_lost else _changed(piece, errand, part, old, before)
    if not found:
        return again if is_lost or old.is_open(piece) else old
    if errand.accept_revision:
        if before is not None:
            errand.cache.set_aside(piece.path, before)
        return receipt.revised_from(old)
    raise _refused(piece, errand, part, found, _choice(piece, old, before))


def _changed(piece: Piece, errand: Errand, part: Part, old: Receipt, before: bytes | None) -> str:
    """Return in words what has changed of what was over; nothing if all of it is as it was."""
    if not old.is_open(piece):
        return difference(old, part.read(), before, lambda raw: errand.steady(raw, piece))
    if errand.compare is None or old.closed:
        return ""
    if before is None:
        errand.transport.note(f"{piece.path}: rows that were over could not be compared, the old bytes are gone")
        return ""
    try:
        return errand.compare(before, part.read(), piece, old.asked_ns)
    except DataError as error:
        _put_aside(piece, errand, part, keep=not isinstance(error, UnwantedError))
        raise


def _put_aside(piece: Piece, errand: Errand, part: Part, *, keep: bool) -> None:
    if keep:
        errand.cache.set_aside(piece.path, part.read())
    errand.cache.discard(piece.path)


def _choice(piece: Piece, old: Receipt, before: bytes | None) -> tuple[str, str]:
    """Return the rule that was broken, and what the reader can do about it."""
    accept = "accept it with --accept-revision"
    if old.is_open(piece):
        return "rows that were over must not change", f"{accept}, or set transport.offline to go on with the old bytes"
    return "a closed period must not change", accept + ("" if before is None else ", or go on with the old bytes")


def _refused(piece: Piece, errand: Errand, part: Part, found: str, said: tuple[str, str]) -> DataError:
    """Put the new bytes aside and return what is said of them."""
    place = errand.cache.set_aside(piece.path, part.read())
    errand.cache.discard(piece.path)
    rule, remedy = said
    return DataError(errand.cache.place(piece.path), rule, redacted(f"{found}; kept at {place}"), remedy)


def _before(piece: Piece, errand: Errand, old: Receipt) -> bytes | None:
    """Return the bytes of the older receipt, if they are still there."""
    with suppress(FileNotFoundError, CorruptError):
        return errand.cache.read(piece.path, old.sha256)
    return None
