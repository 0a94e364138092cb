"""One month in the making: checked rows in, a table on the disk and a receipt out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from assay import store
from assay.market.calendars import Calendar, calendar
from assay.sources.health.part import part
from assay.sources.rules.schema import validated
from assay.sources.venue import Feed
from assay.tables.kinds import TABLES, clock

ISO = "%Y-%m-%dT%H:%M:%S%.9fZ"
AT_ONCE = 1 << 20
"""Rows that are looked at together."""


def calendar_of(feed: Feed) -> Calendar:
    """Return when the market of a feed is open."""
    return calendar(feed.params.calendar, feed.instrument, feed.params.source)


class MonthFile:
    """Writes one month; to be closed.

    Parameters
    ----------
    path
        Where the table is written; it is made with the first row.
    feed
        The feed it belongs to.
    """

    def __init__(self, path: Path, feed: Feed) -> None:
        self._path, self._feed = path, feed
        self._writer = store.TableWriter(path, TABLES[feed.kind])
        self._calendar = calendar_of(feed)
        self._waiting: list[pl.DataFrame] = []
        self._times: list[pl.Series] = []
        self._parts: list[dict[str, Any]] = []
        self._n_rows = 0

    def write(self, frame: pl.DataFrame) -> None:
        """Add rows, in order of time."""
        self._waiting.append(frame)
        if sum(one.height for one in self._waiting) >= AT_ONCE:
            self._flush()

    def close(self) -> dict[str, Any]:
        """Finish the table and return its `n_rows`, `first_at`, `last_at`, `sha256` (None without rows) and `parts`.

        ``parts`` are those of :func:`assay.sources.health.part.part`.
        """
        self._flush()
        if not self._n_rows:
            return {"n_rows": 0, "first_at": None, "last_at": None, "sha256": None, "parts": []}
        self._writer.close()
        times = pl.concat(self._times).dt.strftime(ISO)
        return {
            "n_rows": self._n_rows,
            "first_at": times[0],
            "last_at": times[-1],
            "sha256": store.sha256(self._path),
            "parts": self._parts,
        }

    def _flush(self) -> None:
        rows = pl.concat(self._waiting) if self._waiting else TABLES[self._feed.kind].empty()
        self._waiting = []
        if rows.height:
            self._write(validated(rows, self._feed.kind, self._path))

    def _write(self, rows: pl.DataFrame) -> None:
        self._writer.write(rows)
        self._n_rows += rows.height
        tick_size = self._feed.instrument.tick_size if self._feed.instrument else None
        self._parts.append(part(rows, self._feed.kind, self._calendar, tick_size))
        times = rows[clock(self._feed.kind)]
        self._times = [*(self._times[:1] or [times.head(1)]), times.tail(1)]
