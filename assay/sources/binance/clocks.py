"""Binance's times: milliseconds, and microseconds in the spot archives since 2025-01-01."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assay.errors import DataError
from assay.sources.decode import times
from assay.sources.decode.refusals import refuse_holes, refuse_outside
from assay.sources.decode.times import MICROSECOND_NS, SLACK_NS
from assay.sources.venue import Feed, Piece
from assay.tables.kinds import Kind

MICROSECONDS_FROM = 10**14
"""From here on a number is microseconds: as milliseconds it would be the year 5138, as microseconds it is 1973."""
FIRST_US, LAST_US = 10**15, 41 * 10**14
"""Times that Binance can have: 2001-09 to 2099-12."""
USUAL_LAG_SECONDS: dict[Kind, float] = {"open_interest": 300.0}
"""Metrics are computed after their five minutes end; a reader has them before the next five have passed."""


def in_nanoseconds(frame: pl.DataFrame, names: Sequence[str], piece: Piece) -> pl.DataFrame:
    """Return the frame with times as nanoseconds, and column `unit_ns`, the unit that they were in.

    Parameters
    ----------
    frame
        Whole numbers in the columns `names`, the first of which orders the rows.
    names
        Columns of times.
    piece
        The file, whose period must hold the first column; give or take a day in an archive.

    Raises
    ------
    DataError
        If a time is missing, if units are mixed, or if a time lies outside the file's period.
    """
    refuse_holes(frame, names, piece.path)
    for name in names:
        refuse_outside(frame, name, FIRST_US // 1_000, LAST_US, piece.path)
    fine = frame.select((pl.col(name) >= MICROSECONDS_FROM).alias(name) for name in names)
    is_fine = bool(frame.height and fine.to_series()[0])
    if frame.height and not (fine == is_fine).select(pl.all_horizontal(pl.all()).all()).item():
        raise DataError(piece.path, "times must be of one unit", "milliseconds and microseconds", "fetch it again")
    unit_ns = MICROSECOND_NS if is_fine else 1_000 * MICROSECOND_NS
    for name in names:
        refuse_outside(frame, name, FIRST_US * 1_000 // unit_ns, LAST_US * 1_000 // unit_ns, piece.path)
    told = frame.with_columns(*(pl.col(name) * unit_ns for name in names), unit_ns=pl.lit(unit_ns, pl.Int64))
    slack_ns = SLACK_NS if piece.path.endswith(".zip") else 0
    return refuse_outside(told, names[0], piece.start_ns - slack_ns, piece.end_ns + slack_ns - 1, piece.path)


def lag_ns(feed: Feed) -> int:
    """Return how long after its time a row could first be read."""
    return times.lag_ns(feed.params, USUAL_LAG_SECONDS.get(feed.kind, 0.0))
