"""The sample that ships with Assay: 500,000 E-mini S&P 500 trades of three days in September 2013."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from assay.errors import ParamsError
from assay.sources import files
from assay.sources.column_names import ColumnParams
from assay.sources.decode.chunk import Chunk, only
from assay.sources.params import FeedParams
from assay.sources.venue import Feed
from assay.tables.kinds import Kind

SYMBOL = "ES"
KIND: Kind = "trades"
FILES = FeedParams(
    source="files",
    kind=KIND,
    path="data/sample/ES_2013-09-01_2013-09-03.parquet",
    columns=ColumnParams(time="date_time", price="price", size="volume"),
    time_zone="America/Chicago",
)
"""How the sample is read: US Central wall time; equal rows are separate fills, and all of them stay."""
kind = partial(only, KIND)
"""The kind of a feed's params, ``trades``; a `ParamsError` if they ask for another one."""


def ticks(feed: Feed) -> Iterator[Chunk]:
    """Yield the sample's trades.

    Raises
    ------
    ParamsError
        If the symbol is not the one that was sampled.
    """
    if feed.symbol != SYMBOL:
        remedy = f"set instrument.symbol to {SYMBOL}, or choose another data.source"
        raise ParamsError("data.source", f"sample holds {SYMBOL} only", feed.symbol, remedy)
    yield from files.ticks(replace(feed, params=FILES, kind=KIND))
