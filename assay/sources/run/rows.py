"""Rows of a month from its pieces, and what was counted of each piece, so that one that spans months counts once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import polars as pl

from assay.sources.abilities import Joining
from assay.sources.decode.times import lag_ns
from assay.sources.months.month import span, within
from assay.sources.transport.raw import Raw
from assay.sources.venue import Feed, Venue
from assay.tables.kinds import clock

Counted = Mapping[str, Mapping[str, int]]
"""Counts of the rules by what they were counted of: the same whichever month asked."""

RULES = ("not_yet_known_dropped", "outside_piece_dropped")
"""Rules that are applied here."""


class Rows:
    """Decodes the pieces of a feed.

    Parameters
    ----------
    feed, venue
        The feed and its venue.

    Attributes
    ----------
    counted
        Of each piece that was decoded: what the decoder counted, `not_yet_known_dropped` and `outside_piece_dropped`.

    Notes
    -----
    A row of a month that its piece does not cover at all is dropped: that month is made without the piece, so nobody
    else would take it or count it. A row that was not over when the venue was asked, such as an open bar, is dropped
    too; how much later it is published does not matter here.
    """

    def __init__(self, feed: Feed, venue: Venue) -> None:
        self._feed, self._venue = feed, venue
        self.counted: dict[str, Mapping[str, int]] = {}

    def frames(self, raws: Sequence[Raw]) -> Iterator[tuple[pl.DataFrame, str]]:
        """Yield the rows of each piece, or of all where one instant can lie in several, and where they come from.

        Raises
        ------
        DataError
            If bytes are not what the venue serves.
        """
        frames = ((self._decoded(raw), raw.piece.path) for raw in raws if not raw.closed)
        if self._feed.kind != "actions" or not isinstance(self._venue, Joining):
            yield from frames
        elif parts := list(frames):
            yield self._venue.joined([frame for frame, _ in parts]), parts[0][1]

    def _decoded(self, raw: Raw) -> pl.DataFrame:
        piece = raw.piece
        with raw.read_by() as content:
            frame, counts = self._venue.decode(content, piece, self._feed)
        known = self._known(frame, raw.asked_ns)
        kept = known.filter(within(clock(self._feed.kind), span(piece.start_ns, piece.end_ns)))
        dropped = (frame.height - known.height, known.height - kept.height)
        self.counted[piece.path] = dict(counts)
        self.counted[f"{piece.path} from {piece.start_ns}"] = dict(zip(RULES, dropped, strict=True))
        return kept

    def _known(self, frame: pl.DataFrame, asked_ns: int | None) -> pl.DataFrame:
        """Return the rows that were over when the venue was asked."""
        if asked_ns is None or "known_at" not in frame.columns:
            return frame
        return frame.filter(pl.col("known_at").to_physical() - lag_ns(self._feed.params) <= asked_ns)


def totals(counted: Iterable[Counted]) -> dict[str, int]:
    """Return the counts of several months, each piece once."""
    pieces: dict[str, Mapping[str, int]] = {}
    for month in counted:
        pieces |= month
    found = dict.fromkeys(RULES, 0)
    for counts in pieces.values():
        for rule, n in counts.items():
            found[rule] = found.get(rule, 0) + n
    return found
