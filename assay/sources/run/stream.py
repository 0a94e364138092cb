"""A feed that is one stream of chunks: files of the user's, the sample, a market that is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from assay.sources.feeds import inside, place, stream_of
from assay.sources.health.foresight import Foresight
from assay.sources.months.file import MonthFile
from assay.sources.months.month import Month, parted
from assay.sources.rules import Checker
from assay.sources.run.fetched import Fetched
from assay.sources.venue import Feed
from assay.tables.kinds import clock


def streamed(feed: Feed, folders: Mapping[str, Path]) -> Fetched:
    """Write the months of a stream; see :func:`assay.sources.run.fetch.fetch`."""
    return _Stream(feed, folders).written()


class _Stream:
    def __init__(self, feed: Feed, folders: Mapping[str, Path]) -> None:
        self._feed, self._folders, self._fetched = feed, folders, Fetched(feed)
        self._checker = Checker(feed.kind, feed.params.rules, feed.start_ns, feed.end_ns)
        self._foresight = Foresight(feed)
        self._origin = ""
        self._hashes: dict[str, str] = {}

    def written(self) -> Fetched:
        """Write all months; return what the stream gave. Only at its end are the hashes of all files known."""
        months = [self._month(*one) for one in parted(self._checked(), clock(self._feed.kind))]
        for notes, name, origins in months:
            self._fetched.add(notes, name, {origin: self._hashes[origin] for origin in origins})
        self._fetched.rules.update(self._checker.counts)
        self._fetched.look_ahead = self._foresight.findings()
        return self._fetched

    def _checked(self) -> Iterator[pl.DataFrame]:
        """Yield the checked rows, and write down the file that they come from."""
        for chunk in stream_of(self._feed.params.source).ticks(self._feed):
            self._origin, self._hashes[chunk.origin] = chunk.origin, chunk.sha256
            self._fetched.rules.update(chunk.rules)
            self._fetched.found |= chunk.found
            self._foresight.look_at(chunk)
            yield self._checker.push(chunk.frame, chunk.where, chunk.first_row)
        yield self._checker.finish()

    def _month(self, month: Month, frames: Iterator[pl.DataFrame]) -> tuple[Mapping[str, Any], Path, Sequence[str]]:
        """Write a month; return its notes, its name, and the files from whose first to whose last rows come."""
        name, origins = place(self._feed) / f"{month.name}.parquet", dict[str, None]()
        with MonthFile(inside(self._folders, name), self._feed) as file:
            for frame in frames:
                origins[self._origin] = None
                file.write(frame)
            return file.close(), name, list(origins)
