"""One feed: its raw bytes, decoded, checked and written by months."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assay import store
from assay.sources.feeds import inside, place, venue_of
from assay.sources.months.decoded import DecodedMonths
from assay.sources.months.file import MonthFile
from assay.sources.months.month import Month, clipped, month_of, months, within
from assay.sources.rules import Checker
from assay.sources.run.fetched import Fetched, NoRowError
from assay.sources.run.pages import obtained
from assay.sources.run.rows import Rows, totals
from assay.sources.run.stream import streamed
from assay.sources.transport.line import Transport
from assay.sources.transport.raw import Raw
from assay.sources.venue import EVENTS, Feed, Venue
from assay.tables.kinds import TABLES, clock


def fetch(feed: Feed, folders: Mapping[str, Path], transport: Transport) -> Fetched:
    """Write the months of a feed.

    Parameters
    ----------
    feed
        What is wanted.
    folders
        What stands for the folders ``ticks`` and ``context`` below ``data``: a month is written to
        ``ticks/<label>/<symbol>/<YYYY-MM>.parquet`` or ``context/<kind>/<label>/<symbol>/<YYYY-MM>.parquet``.
    transport
        How bytes come.

    Raises
    ------
    NoRowError
        If no row is left, unless it is of a kind that may be without.
    DataError
        If bytes or rows break a rule that is to be refused.
    TransportError
        If bytes could not be had.
    ParamsError
        If the source cannot serve this feed.

    Notes
    -----
    The months of a venue are made one by one and each from its own raw bytes, so that a month gives the same bytes
    whichever others are fetched with it. Of a month half a million rows are held in memory, or one raw file where that
    has more; with ``unsorted_times: sort`` the month. Files of the user's are one stream, and must be in order or are
    sorted as one. Where nothing may have happened, as with splits, a range without a row is one empty table, that of
    its first month: so the feed is there.
    """
    venue = venue_of(feed.params.source)
    fetched = streamed(feed, folders) if venue is None else _served(feed, venue, folders, transport)
    if not fetched.files:
        if feed.kind not in EVENTS or feed.start_ns is None:
            raise _without_rows(fetched)
        _write_empty(fetched, month_of(feed.start_ns), folders)
    return fetched


def _without_rows(fetched: Fetched) -> NoRowError:
    feed = fetched.feed
    rule, found = f"needs a row from {feed.params.start} to {feed.params.end}", f"none among {fetched.rules['rows_in']}"
    return NoRowError(feed.name, rule, f"{found} rows", "change the range")


def _write_empty(fetched: Fetched, month: Month, folders: Mapping[str, Path]) -> None:
    feed = fetched.feed
    name = place(feed) / f"{month.name}.parquet"
    table, path = TABLES[feed.kind], inside(folders, name)
    store.write_table(path, table.empty(), table)
    fetched.add_empty(name, store.sha256(path))


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
    checker = Checker(feed.kind, feed.params.rules, wanted.start_ns, wanted.end_ns)
    n_elsewhere, mine = 0, within(clock(feed.kind), (month.start_ns, month.end_ns))
    with MonthFile(path, feed) as file:
        for frame, where in rows.frames(raws):
            n_elsewhere += frame.height - int(frame.select(mine.sum()).item())
            file.write(checker.push(frame, where))
        file.write(checker.finish())
        notes = file.close()
    rules = dict(checker.counts)
    for name in ("rows_in", "out_of_range_dropped"):
        rules[name] -= n_elsewhere
    return {**notes, "rules": rules, "counted": rows.counted}
