"""Columns of a user's files that know the future, looked for while the files are read."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assay.errors import DataError
from assay.sources.decode.chunk import Chunk
from assay.sources.health.look_ahead import MOST_ROWS, Finding, findings
from assay.sources.venue import Feed
from assay.tables.kinds import TABLES, clock


class Foresight:
    """Gathers the numbers of the first million rows of a feed's range, and says which columns know the future.

    Parameters
    ----------
    feed
        The feed. Of bars, the open and the close are looked at beside the file's other columns; of context, all numbers
        of its table.
    """

    def __init__(self, feed: Feed) -> None:
        self._feed, self._clock = feed, clock(feed.kind)
        numbers = [name for name, column in TABLES[feed.kind].columns.items() if column.dtype == pl.Float64]
        self._own = ["open", "close"] if feed.kind == "ohlcv" else numbers
        self._seen: list[pl.DataFrame] = []
        self._n_rows = 0

    def look_at(self, chunk: Chunk) -> None:
        """Gather the numbers of a chunk that has further columns."""
        if chunk.extra is None or not chunk.extra.width or self._n_rows >= MOST_ROWS:
            return
        own = chunk.frame.select(self._clock, *self._own)
        rows = pl.concat([own, chunk.extra.select(pl.exclude(own.columns))], how="horizontal")
        self._seen.append(rows.filter(self._wanted()))
        self._n_rows += self._seen[-1].height

    def findings(self) -> list[Finding]:
        """Return the further columns that know the future."""
        if not self._seen:
            return []
        rows = pl.concat(self._seen, how="diagonal").sort(self._clock, maintain_order=True)
        found = findings(rows.drop(self._clock), self._feed.params.rules.look_ahead_correlation)
        return [one for one in found if one.column not in self._own]

    def _wanted(self) -> pl.Expr:
        time, start, end = pl.col(self._clock).to_physical(), self._feed.start_ns, self._feed.end_ns
        return (time >= (-(1 << 63) if start is None else start)) & (time < ((1 << 63) - 1 if end is None else end))


def told(finding: Finding) -> str:
    """Return in a sentence what a column knows."""
    return (
        f"look-ahead: the {finding.of} of {finding.column} has a rank correlation of {finding.correlation:.2f} with "
        f"the next change of {finding.partner}, of {finding.past:.2f} with its last one"
    )


def refuse(found: Sequence[Finding], where: str) -> None:
    """Refuse a feed with columns that know the future.

    Raises
    ------
    DataError
        Naming them.
    """
    if found:
        columns = ", ".join(one.column for one in found)
        remedy = "take them out of the files, or set data.rules.look_ahead to keep: it reports them"
        raise DataError(where, "no column may know the future", f"{columns}; {told(found[0])}", remedy)
