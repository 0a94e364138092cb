"""Bytes of a piece, as they lie in the raw cache."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from assay.errors import DataError
from assay.sources.decode.chunk import reading
from assay.sources.decode.refusals import UnwantedError
from assay.sources.transport.cache import Cache
from assay.sources.transport.receipts import Receipt
from assay.sources.venue import Piece

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
