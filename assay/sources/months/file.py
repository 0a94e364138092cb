"""One month in the making: checked rows in, a table on the disk and a receipt out."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import polars as pl

from assay import store
from assay.market.calendars import Calendar, calendar
from assay.sources.health import spread
from assay.sources.health.part import part
from assay.sources.rules.schema import validated
from assay.sources.venue import Feed
from assay.tables.kinds import TABLES, clock

ISO = "%Y-%m-%dT%H:%M:%S%.9fZ"
AT_ONCE = 1 << 18
"""Rows that are checked, written and looked at together: a row group of the table."""


def calendar_of(feed: Feed) -> Calendar:
    """Return when the market of a feed is open."""
    return calendar(feed.params.calendar, feed.instrument, feed.params.source)


class MonthFile:
    """Writes one month; a context, in which it is to be closed.

    Parameters
    ----------
    path
        Where the table is written; it is made with the first row.
    feed
        The feed it belongs to.

    Notes
    -----
    A thread writes some rows while the next are read and looked at. All is cut by numbers of rows, and a thread that is
    behind is waited for: nothing depends on who is faster, nor on how the rows come.
    """

    def __init__(self, path: Path, feed: Feed) -> None:
        self._path, self._feed = path, feed
        self._writer = store.TableWriter(path, TABLES[feed.kind])
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="assay-writer")
        self._writing: list[Future[None]] = []
        self._calendar = calendar_of(feed)
        self._waiting: list[pl.DataFrame] = []
        self._times: list[pl.Series] = []
        self._parts: list[dict[str, Any]] = []
        self._n_rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown()

    def write(self, frame: pl.DataFrame) -> None:
        """Add rows, in order of time.

        Raises
        ------
        DataError
            If a row breaks a law of the table.
        StoreError
            If rows that were added before cannot be written.
        """
        self._waiting.append(frame)
        while sum(one.height for one in self._waiting) >= AT_ONCE:
            rows = pl.concat(self._waiting)
            self._waiting = [rows.slice(AT_ONCE)]
            self._put(rows.head(AT_ONCE))

    def close(self) -> dict[str, Any]:
        """Finish the table and return its `n_rows`, `first_at`, `last_at`, `sha256` (None without rows) and `parts`.

        ``parts`` are those of :func:`assay.sources.health.part.part`.

        Raises
        ------
        DataError, StoreError
            As :meth:`write`.
        """
        self._put(pl.concat([TABLES[self._feed.kind].empty(), *self._waiting]))
        self._wait()
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

    def _put(self, rows: pl.DataFrame) -> None:
        """Check rows, hand them to the thread when it is through with the last ones, and look at them meanwhile."""
        if not rows.height:
            return
        rows = validated(rows.rechunk(), self._feed.kind, self._path)
        self._wait()
        self._writing.append(self._thread.submit(self._writer.write_checked, rows))
        self._n_rows += rows.height
        times = rows[clock(self._feed.kind)]
        self._times = [*(self._times[:1] or [times.head(1)]), times.tail(1)]
        self._look(rows)

    def _look(self, rows: pl.DataFrame) -> None:
        """Tell the health of rows; all spreads of a month go into its first part."""
        tick_size = self._feed.instrument.tick_size if self._feed.instrument else None
        one = part(rows, self._feed.kind, self._calendar, tick_size)
        if self._parts and one["spread"]:
            self._parts[0]["spread"] = spread.joined(self._parts[0]["spread"], one["spread"])
            one["spread"] = None
        self._parts.append(one)

    def _wait(self) -> None:
        """Wait until all rows that were handed over are written."""
        while self._writing:
            self._writing.pop().result()
