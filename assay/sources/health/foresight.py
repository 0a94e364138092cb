"""Columns that know the future, looked for among the first rows of files while they are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl

from assay.errors import DataError
from assay.market.zones import SECOND_NS
from assay.sources.decode.chunk import Chunk
from assay.sources.health.look_ahead import LAGS, Finding, findings
from assay.sources.health.partners import TICKS, anchors, numbers, partners
from assay.sources.venue import Feed
from assay.tables.kinds import clock
from assay.types import Floats, Ints

MOST_ROWS, MOST_NUMBERS = 1_000_000, 1 << 24
"""Rows that are gathered, fewer where they have more than 16 columns."""
WINDOWS, WINDOW = 4, 1 << 13
"""Of more rows than in these together, how many stretches of how many are looked at."""
STEPS_S = (1, 10, 60, 600)
"""Clocks on which columns beside ticks are looked at, seconds."""
ON_ROWS = 0.8
"""Least correlation of columns beside ticks, row by row."""


class Foresight:
    """Gathers the numbers of the first million rows of a feed's range, and says which columns know the future.

    Parameters
    ----------
    feed
        The feed.

    Notes
    -----
    Of bars and context all columns are looked at, of quotes, trades, books and liquidations those that the file has
    beside them: of a file without any, nothing is gathered. Such columns are held against the mid or the price by
    seconds, the last row of each, and row by row, where only 0.8 counts: honest columns know much of the next tick. On
    real data the side of a trade has a correlation of 0.63 with the move of the price over the next ten, and sizes at
    the best bid and ask 0.62 with that of the mid; it fades within seconds.
    """

    def __init__(self, feed: Feed) -> None:
        self._feed, self._clock, self._threshold = feed, clock(feed.kind), feed.params.rules.look_ahead_correlation
        self._extra: list[str] = []
        self._seen: list[pl.DataFrame] = []
        self._n_rows, self._is_full = 0, False

    def look_at(self, chunk: Chunk) -> None:
        """Gather the numbers of a chunk."""
        extra = pl.DataFrame() if chunk.extra is None else chunk.extra
        if self._is_full or (self._feed.kind in TICKS and not extra.width) or self._feed.kind == "actions":
            return
        own = chunk.frame.select(self._clock, *numbers(self._feed.kind))
        extra = extra.rename({name: f"{name} of the file" for name in extra.columns if name in own.columns})
        self._extra += [name for name in extra.columns if name not in self._extra]
        rows = pl.concat([own, extra], how="horizontal").filter(self._wanted())
        most = min(MOST_ROWS, MOST_NUMBERS // rows.width)
        self._seen.append(rows.head(max(most - self._n_rows, 0)))
        self._n_rows += self._seen[-1].height
        self._is_full = self._n_rows >= most

    def findings(self) -> list[Finding]:
        """Return the columns that know the future, each with the clearest sign of it."""
        if not self._seen:
            return []
        rows = pl.concat(self._seen, how="diagonal").sort(self._clock, maintain_order=True)
        columns = {name: _floats(rows[name]) for name in rows.columns if name != self._clock}
        clearest: dict[str, Finding] = {}
        for one in self._found(columns, rows[self._clock].to_physical().to_numpy()):
            best = clearest.get(one.column)
            clearest[one.column] = one if best is None or abs(one.correlation) > abs(best.correlation) else best
        return [clearest[name] for name in columns if name in clearest]

    def _found(self, columns: Mapping[str, Floats], time_ns: Ints) -> Iterator[Finding]:
        if self._feed.kind not in TICKS:
            yield from self._named(columns, self._threshold)
            return
        yield from self._named(columns, max(self._threshold, ON_ROWS))
        for step in STEPS_S:
            last = np.flatnonzero(np.diff(time_ns // (step * SECOND_NS), append=-1))
            yield from self._named({name: x[last] for name, x in columns.items()}, self._threshold, step)

    def _named(self, columns: Mapping[str, Floats], threshold: float, step_seconds: int = 0) -> list[Finding]:
        held = stretches(columns)
        against = partners(self._feed.kind, held, self._extra)
        return findings(held, against, anchors(held), threshold, step_seconds)

    def _wanted(self) -> pl.Expr:
        time, start, end = pl.col(self._clock).to_physical(), self._feed.start_ns, self._feed.end_ns
        return (time >= (-(1 << 63) if start is None else start)) & (time < ((1 << 63) - 1 if end is None else end))


def told(finding: Finding) -> str:
    """Return in a sentence what a column knows."""
    return (
        f"look-ahead: the {finding.of} of {finding.column} has a rank correlation of {finding.correlation:.2f} with "
        f"the move of {finding.partner} {finding.ahead}, of {finding.past:.2f} at most with those before"
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
        remedy = "take them out of the files or mend them, or set data.rules.look_ahead to keep: it reports them"
        raise DataError(where, "no column may know the future", f"{columns}; {told(found[0])}", remedy)


def _floats(column: pl.Series) -> Floats:
    """Return the numbers of a column, NaN where there is none or it is infinite."""
    values = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return np.where(np.isfinite(values), values, np.nan)


def stretches(columns: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return the rows that are looked at: all, or evenly spread stretches with rows of NaN between them.

    No lag reaches over such a gap. Shape (n,) each, in and out.
    """
    height = max((x.size for x in columns.values()), default=0)
    if height <= WINDOWS * WINDOW:
        return dict(columns)
    starts, gap = np.linspace(0, height - WINDOW, WINDOWS).astype(np.int64), np.full(max(LAGS) + 1, np.nan)
    return {
        name: np.concatenate([part for start in starts for part in (x[start : start + WINDOW], gap)])
        for name, x in columns.items()
    }
