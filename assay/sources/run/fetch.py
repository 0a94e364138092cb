"""One feed: its raw bytes, decoded, checked and written by months."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assay.errors import DataError
from assay.sources.feeds import inside, place, venue_of
from assay.sources.months.decoded import DecodedMonths
from assay.sources.months.file import MonthFile
from assay.sources.months.month import Month, clipped, months, within
from assay.sources.rules import Checker
from assay.sources.run.fetched import Fetched
from assay.sources.run.pages import obtained
from assay.sources.run.rows import Rows, totals
from assay.sources.run.stream import streamed
from assay.sources.transport.line import Transport
from assay.sources.transport.obtain import Raw
from assay.sources.venue import Feed, Venue
from assay.tables.kinds import clock


def fetch(feed: Feed, folders: Mapping[str, Path], transport: Transport) -> Fetched:
    """Write the months of a feed.

    Parameters
    ----------
    feed
        What is wanted.
    folders
        What stands for the folders ``ticks`` and ``context`` below ``data``: a month is written to
        ``ticks/<source>/<symbol>/<YYYY-MM>.parquet`` or ``context/<kind>/<source>/<symbol>/<YYYY-MM>.parquet``.
    transport
        How bytes come.

    Raises
    ------
    DataError
        If bytes or rows break a rule that is to be refused, or no row is left.
    TransportError
        If bytes could not be had.
    ParamsError
        If the source cannot serve this feed.

    Notes
    -----
    The months of a venue are made one by one and each from its own raw bytes, so that a month gives the same bytes
    whichever others are fetched with it. Of a month a million rows are held in memory, or one raw file where that has
    more; with ``unsorted_times: sort`` the month. Files of the user's are one stream, and must be in order or are
    sorted as one.
    """
    venue = venue_of(feed.params.source)
    fetched = streamed(feed, folders) if venue is None else _served(feed, venue, folders, transport)
    if not fetched.files:
        where = f"{feed.params.source} {feed.symbol} {feed.kind}"
        found = f"none among {fetched.rules['rows_in']} rows"
        raise DataError(where, f"needs a row from {feed.params.start} to {feed.params.end}", found, "change the range")
    return fetched


def _served(feed: Feed, venue: Venue, folders: Mapping[str, Path], transport: Transport) -> Fetched:
    fetched, raws = Fetched(feed), obtained(venue, feed, transport)
    kept = DecodedMonths(feed, is_kept=not transport.cipher.seals)
    counted = []
    for month, mine in _by_month(raws, feed):
        name, wanted = place(feed) / f"{month.name}.parquet", clipped(month, feed.start_ns, feed.end_ns)
        path, key = inside(folders, name), kept.key(mine, wanted)
        notes = kept.find(key, path)
        if notes is None:
            notes = _made(feed, venue, mine, month, path)
            kept.keep(key, path, notes)
        fetched.rules.update(notes["rules"])
        counted.append(notes["counted"])
        fetched.add(notes, name, {raw.piece.path: raw.sha256 for raw in mine if not raw.closed})
    fetched.rules.update(totals(counted), closed_pieces=sum(raw.closed for raw in raws))
    return fetched


def _by_month(raws: Sequence[Raw], feed: Feed) -> list[tuple[Month, list[Raw]]]:
    """Return the months of the wanted range in order, each with what covers some of it."""
    found: dict[Month, list[Raw]] = {}
    for raw in raws:
        start_ns, end_ns = raw.piece.start_ns, raw.piece.end_ns
        first_ns = start_ns if feed.start_ns is None else max(start_ns, feed.start_ns)
        for month in months(first_ns, end_ns if feed.end_ns is None else min(end_ns, feed.end_ns)):
            found.setdefault(month, []).append(raw)
    return sorted(found.items(), key=lambda item: item[0].start_ns)


def _made(feed: Feed, venue: Venue, raws: Sequence[Raw], month: Month, path: Path) -> dict[str, Any]:
    """Decode, check and write what is wanted of a month; return its notes. Rows of another month count there."""
    wanted, rows = clipped(month, feed.start_ns, feed.end_ns), Rows(feed, venue)
    checker, file = Checker(feed.kind, feed.params.rules, wanted.start_ns, wanted.end_ns), MonthFile(path, feed)
    n_elsewhere, mine = 0, within(clock(feed.kind), (month.start_ns, month.end_ns))
    for frame, where in rows.frames(raws):
        n_elsewhere += frame.height - int(frame.select(mine.sum()).item())
        file.write(checker.push(frame, where))
    file.write(checker.finish())
    rules = dict(checker.counts)
    for name in ("rows_in", "out_of_range_dropped"):
        rules[name] -= n_elsewhere
    return {**file.close(), "rules": rules, "counted": rows.counted}
