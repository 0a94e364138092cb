"""What only some venues can be asked beside :class:`assay.sources.venue.Venue`; each is found by its method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import polars as pl

from assay.sources.told import Told
from assay.sources.venue import Feed, Piece


@runtime_checkable
class Retelling(Protocol):
    """A venue that tells the same past in other bytes as time goes on: rescaled, or for several kinds at once."""

    def told(self, raw: bytes, piece: Piece, feed: Feed) -> Sequence[Told]:
        """Return what an answer tells of each kind that may be read from it, comparable with another answer's.

        Raises
        ------
        DataError
            If the bytes are not what the venue serves.
        """
        ...


@runtime_checkable
class Marking(Protocol):
    """A venue that marks each answer with what is that request's alone, such as an id."""

    def steady(self, raw: bytes, piece: Piece) -> bytes:
        """Return an answer without those marks: of one that tells the same data, the same bytes.

        Bytes that are no answer of the venue are returned as they are.
        """
        ...


@runtime_checkable
class Joining(Protocol):
    """A venue whose rows of ``actions`` of one instant may lie in several pieces."""

    def joined(self, frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """Return the rows of pieces as one table, in order of time."""
        ...


@runtime_checkable
class Paging(Protocol):
    """A venue whose answers may go on in a further one."""

    def following(self, raw: bytes, piece: Piece) -> Piece | None:
        """Return the piece that goes on where an answer ends, or None if that was all.

        Raises
        ------
        DataError
            If the bytes are not what the venue serves.
        """
        ...
