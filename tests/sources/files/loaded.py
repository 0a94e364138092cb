"""Loads files as the source does, without the rules."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import polars as pl

from assay.sources import files
from assay.sources.column_names import ColumnParams
from assay.sources.params import FeedParams
from assay.sources.venue import Feed


class Loaded(NamedTuple):
    kind: str
    frame: pl.DataFrame
    found: dict
    counts: Counter
    extra: pl.DataFrame | None
    first_rows: list


def load(path, symbol="X", columns=(), **params) -> Loaded:
    params = FeedParams(source="files", path=str(path), columns=ColumnParams(**dict(columns)), **params)
    feed = Feed(params, files.kind(params), symbol, symbol, None, Path(), None, None)
    chunks = list(files.ticks(feed))
    counts = Counter()
    for chunk in chunks:
        counts.update(chunk.rules)
    extra = [chunk.extra for chunk in chunks if chunk.extra is not None]
    frame = pl.concat([chunk.frame for chunk in chunks])
    first_rows = [(Path(chunk.where).name, chunk.first_row) for chunk in chunks]
    return Loaded(feed.kind, frame, dict(chunks[0].found), counts, pl.concat(extra) if extra else None, first_rows)


def at(text):
    """Return ISO text, UTC, as nanoseconds."""
    return pl.Series([text]).str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="ns").to_physical()[0]
