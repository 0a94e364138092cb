"""The raw cache: bytes as the venue served them, in its own paths, each with a receipt; nothing half is ever in it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from assay.errors import DataError, ParamsError
from assay.sources.transport import receipts
from assay.sources.transport.crypt import Cipher
from assay.sources.transport.disk import if_writable, locked, move, write_through, write_whole
from assay.sources.transport.part import Part
from assay.sources.transport.places import FROM, PARTS, RECEIPT, REVISIONS, note_of, receipt_place
from assay.sources.transport.receipts import Receipt
from assay.sources.venue import Feed, Piece


class CorruptError(DataError):
    """Bytes of the raw cache are not those of their receipt."""


class Cache:
    """One raw cache.

    Parameters
    ----------
    root
        Its folder.
    cipher
        How its files are stored.

    Notes
    -----
    Answers arrive below ``.parts``, are flushed to the disk and moved to their place; the receipt is written last, and
    noted beside the part before. A process that is killed leaves a part that the next one goes on with, or a whole
    file whose receipt is the noted one. The part is locked, so that two processes never write one file.
    """

    def __init__(self, root: Path, cipher: Cipher) -> None:
        self.root, self.cipher = root, cipher

    def place(self, path: str, below: str = "") -> Path:
        """Return where a path lies below the cache, or below one of its own folders.

        Raises
        ------
        ParamsError
            If the path would leave the cache or reach into its own folders.
        """
        names = PurePosixPath(path).parts
        odd = [name for name in names if name.startswith((".", "/")) or "\\" in name or not name.isprintable()]
        if odd or not names:
            rule = "must lie below the raw cache, without hidden names"
            raise ParamsError(
                f"path {path!r}", rule, odd[0] if odd else "nothing", "use the venue's name of the symbol"
            )
        return self.root.joinpath(below, *names)

    def receipt(self, path: str) -> Receipt | None:
        """Return the receipt of a path; nothing if there is none."""
        return receipts.read(self._receipt_place(path))

    def held(self, piece: Piece, feed: Feed) -> Receipt | None:
        """Return the receipt of a piece whose bytes are there; a file that lacks one gets it.

        That is the one noted by a process that was killed, if it speaks of these bytes; else the file was put there by
        hand.

        Raises
        ------
        CorruptError
            If the bytes are not those of the receipt.
        """
        receipt, path = self.receipt(piece.path), self.place(piece.path)
        try:
            found = path.stat()
        except FileNotFoundError:
            return None
        if receipt and (found.st_size, found.st_mtime_ns) == (receipt.stored_bytes, receipt.stored_mtime_ns):
            self._sweep(piece.path, receipt)
            return receipt
        return self._looked_at(piece, feed)

    def read(self, path: str, sha256: str) -> bytes:
        """Return the bytes of a path.

        Raises
        ------
        CorruptError
            If they are not those that are expected.
        """
        raw = self.plain(path)
        refuse_corrupt(self.place(path), hashlib.sha256(raw).hexdigest(), sha256)
        return raw

    def plain(self, path: str) -> bytes:
        """Return the bytes of a path, whatever they are."""
        place = self.place(path)
        return self.cipher.open(place.read_bytes(), place)

    @contextmanager
    def part(self, path: str) -> Iterator[Part]:
        """Give the part of a path, which no other process has meanwhile; encrypted caches keep it in memory."""
        place = self.place(path, PARTS)
        place.parent.mkdir(parents=True, exist_ok=True)
        with locked(place) as file:
            yield Part(io.BytesIO()) if self.cipher.seals else Part(file, note_of(place, FROM))

    def keep(self, path: str, part: Part, receipt: Receipt) -> Receipt:
        """Move a whole part to its place and write its receipt, which is noted before; return the receipt."""
        place, origin = self.place(path), self.place(path, PARTS)
        if self.cipher.seals:
            origin.write_bytes(self.cipher.seal(part.read()))
        part.flush()
        note_of(origin, FROM).unlink(missing_ok=True)
        write_through(note_of(origin, RECEIPT), receipt.written())
        move(origin, place)
        return self._settle(path, self._as_stored(path, receipt))

    def discard(self, path: str) -> None:
        """Remove the part of a path, and what was noted of it."""
        for end in ("", FROM, RECEIPT):
            note_of(self.place(path, PARTS), end).unlink(missing_ok=True)

    def set_aside(self, path: str, raw: bytes) -> Path:
        """Keep bytes that a closed period had, or now has, beside the cache; return where."""
        place = self.place(path, REVISIONS) / hashlib.sha256(raw).hexdigest()[:12]
        write_whole(place, self.cipher.seal(raw))
        return place

    def reject(self, path: str, sha256: str) -> None:
        """Put bytes of a path aside and forget their receipt, so that they are asked for again.

        Others that have come in their place stay; so does what another feed or process has put aside already.
        """
        with self.part(path):
            self._put_aside(path, sha256)
            self.discard(path)

    def _put_aside(self, path: str, sha256: str) -> None:
        with suppress(FileNotFoundError):
            raw = self.plain(path)
            if hashlib.sha256(raw).hexdigest() == sha256:
                self.set_aside(path, raw)
                self.place(path).unlink()
                self._receipt_place(path).unlink(missing_ok=True)

    def _looked_at(self, piece: Piece, feed: Feed) -> Receipt:
        raw, path = self.plain(piece.path), self.place(piece.path)
        sha256 = hashlib.sha256(raw).hexdigest()
        receipt = self._noted(piece.path, sha256) or self.receipt(piece.path)
        if receipt:
            refuse_corrupt(path, sha256, receipt.sha256)
            return self._settle(piece.path, self._as_stored(piece.path, receipt))
        made = receipts.issue(
            piece, feed, sha256=sha256, n_bytes=len(raw), asked_ns=max(path.stat().st_mtime_ns, 0), by_hand=True
        )
        made = self._as_stored(piece.path, made)
        with if_writable():
            self._settle(piece.path, made)
        return made

    def _noted(self, path: str, sha256: str) -> Receipt | None:
        """Return the receipt that was noted beside the part of a path, if it is whole and of these bytes."""
        with suppress(DataError):
            receipt = receipts.read(note_of(self.place(path, PARTS), RECEIPT))
            return receipt if receipt and receipt.sha256 == sha256 else None
        return None

    def _sweep(self, path: str, receipt: Receipt) -> None:
        """Drop the note of a receipt that was written: a process that was killed in between left it."""
        if self._noted(path, receipt.sha256):
            with if_writable():
                note_of(self.place(path, PARTS), RECEIPT).unlink(missing_ok=True)

    def _as_stored(self, path: str, receipt: Receipt) -> Receipt:
        """Return a receipt with what the file looks like now."""
        found = self.place(path).stat()
        return receipt.model_copy(update={"stored_bytes": found.st_size, "stored_mtime_ns": found.st_mtime_ns})

    def _settle(self, path: str, receipt: Receipt) -> Receipt:
        """Write a receipt, and drop the note of it; return it."""
        write_whole(self._receipt_place(path), receipt.written())
        note_of(self.place(path, PARTS), RECEIPT).unlink(missing_ok=True)
        return receipt

    def _receipt_place(self, path: str) -> Path:
        self.place(path)
        return receipt_place(self.root, PurePosixPath(path))


def refuse_corrupt(path: Path, found: str, expected: str) -> None:
    """Refuse bytes whose SHA-256 is not that of their receipt.

    Raises
    ------
    CorruptError
        Naming both.
    """
    if found != expected:
        rule, remedy = f"must have the bytes of its receipt, sha256 {expected[:12]}", "restore it, or remove it"
        raise CorruptError(path, rule, f"sha256 {found[:12]}", remedy)
