"""Files as a source: one chunk per batch of rows, whatever the length of the file."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from assay.compute.progress import counted
from assay.errors import DataError
from assay.market.zones import SECOND_NS
from assay.sources.decode.chunk import Chunk
from assay.sources.decode.times import lag_ns
from assay.sources.files.ahead import ahead
from assay.sources.files.cells import Place
from assay.sources.files.clocks import Time, time_of
from assay.sources.files.intervals import Periods, interval_ns
from assay.sources.files.listing import paths
from assay.sources.files.numbers import lenient
from assay.sources.files.reader import Reader, opened
from assay.sources.files.roles import kind_of, named_kind, roles_of, symbol_of
from assay.sources.files.tables import Plan, refuse_others, table
from assay.sources.files.times import utc
from assay.sources.params import FeedParams
from assay.sources.venue import Feed
from assay.tables.kinds import Kind

_LOG = logging.getLogger("assay.sources.files")


def kind(params: FeedParams) -> Kind:
    """Return the kind of data in the files: as params say, by the columns that they name, or by the first file.

    Raises
    ------
    DataError
        If the first file can be read as no kind, or as several.
    ParamsError
        If the columns that params name make no kind, or several.
    """
    if params.kind != "auto":
        return params.kind
    named = named_kind(params.columns)
    if named is not None:
        return named
    path = paths(params)[0]
    reader = opened(path, params)
    return kind_of(reader, time_of(reader, params, path).columns, path)


def ticks(feed: Feed) -> Iterator[Chunk]:
    """Yield the rows of all files, in the order of their names, in batches of constant memory.

    The last chunk of a file has the hash of its bytes, which is gathered while they are read.

    Raises
    ------
    DataError
        If there is no file, one cannot be read whole, holds what cannot be read, or has two readings.
    ParamsError
        If the columns that params name make no kind.
    """
    if feed.params.kind == "auto":
        named_kind(feed.params.columns)
    listed, symbols, periods = paths(feed.params), set[str](), Periods()
    for path in counted(listed, len(listed), "files"):
        yield from _chunks(path, feed, symbols, periods)
    periods.end(listed[-1])


def _chunks(path: Path, feed: Feed, symbols: set[str], periods: Periods) -> Iterator[Chunk]:
    reader = opened(path, feed.params)
    plan = _plan(reader, feed, path)
    periods.begin(plan.period_ns, path)
    found = _found(reader, plan)
    _LOG.info("%s: %s", path, ", ".join(f"{name} {value}" for name, value in found.items()))
    n_rows, chunks = 0, list[Chunk]()
    for frame in ahead(reader.batches(plan.wanted)):
        refuse_others(frame, plan, symbols, path)
        rows, extra, counts = table(frame, plan, Place(path, n_rows))
        if plan.period_ns:
            periods.see(rows["opened_at"])
        yield from chunks
        chunks = [Chunk(str(path), path.name, "", rows, counts, found, extra, n_rows + 1)]
        n_rows += frame.height
    if not n_rows:
        raise DataError(path, "must hold rows", "none", "restore it or take it away")
    yield replace(chunks[0], sha256=reader.sha256)


def _plan(reader: Reader, feed: Feed, path: Path) -> Plan:
    """Return how the file becomes a table of the feed's kind."""
    params, kind = feed.params, feed.kind
    time = time_of(reader, params, path)
    roles = roles_of(reader, kind, time.columns, params, path)
    symbol = symbol_of(reader, params, path)
    decimal_comma = reader.said.get("decimal") == "comma"
    return Plan(
        kind=kind,
        time=time,
        roles=roles,
        symbol=symbol,
        wanted_symbol=feed.venue_symbol if params.columns.symbol else "",
        period_ns=_period_ns(reader, time, feed, path) if kind == "ohlcv" else 0,
        lag_ns=lag_ns(params),
        extra=_extra(reader, {*time.columns, *roles.values(), symbol}, decimal_comma=decimal_comma),
        decimal_comma=decimal_comma,
    )


def _period_ns(reader: Reader, time: Time, feed: Feed, path: Path) -> int:
    sample = reader.sample
    if feed.params.columns.symbol:
        sample = sample.filter(pl.col(feed.params.columns.symbol).cast(pl.String) == feed.venue_symbol)
    return interval_ns(utc(time.written(sample), time.clock, Place(path)), feed.params.interval, path)


def _extra(reader: Reader, taken: set[str], *, decimal_comma: bool) -> tuple[str, ...]:
    """Return the numeric columns that nothing takes."""
    return tuple(name for name in reader.names if name not in taken and _is_number(reader.sample[name], decimal_comma))


def _is_number(cells: pl.Series, decimal_comma: bool) -> bool:  # noqa: FBT001 - called in one place
    given = cells.drop_nulls()
    if not given.len() or not (given.dtype.is_numeric() or given.dtype == pl.String):
        return False
    return not lenient(given, decimal_comma=decimal_comma).null_count()


def _found(reader: Reader, plan: Plan) -> dict[str, str]:
    """Return what the file turned out to be, in words."""
    form = plan.time.clock.form
    zone = "UTC" if form.name in ("s", "ms", "us", "ns") else f"{plan.time.clock.zone}, as data.time_zone says"
    if form.has_offset or getattr(reader.sample[plan.time.columns[0]].dtype, "time_zone", None):
        zone = "named by each time"
    return {
        **reader.said,
        "kind": plan.kind,
        "time": f"{' and '.join(plan.time.columns)}: {form}",
        "zone": zone,
        "columns": ", ".join(f"{role} = {name}" for role, name in plan.roles.items()),
        **({"interval": f"{plan.period_ns / SECOND_NS:g} s"} if plan.period_ns else {}),
        **({"symbol": plan.symbol} if plan.symbol else {}),
        **({"left out": ", ".join(plan.extra)} if plan.extra else {}),
    }
