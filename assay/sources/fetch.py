"""One entry to every source: ticks by month, checked, each month with its receipt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import polars as pl

from assay.errors import DataError
from assay.market.instruments import Instrument
from assay.sources import dukascopy, files, made, rules, sample
from assay.sources.chunk import Chunk
from assay.sources.params import DataParams

Source = Callable[[DataParams, Instrument], Iterator[Chunk]]

SOURCES: dict[str, Source] = {
    "sample": sample.ticks,
    "dukascopy": dukascopy.ticks,
    "files": files.ticks,
    "synthetic": made.ticks,
}


@dataclass(frozen=True)
class Month:
    """The ticks of one month and where they come from.

    Parameters
    ----------
    name
        ``YYYY-MM``, UTC.
    frame
        QUOTES or TRADES, one row or more.
    origins
        Raw file to SHA-256 of its bytes, for each file that has a row in the month.
    rules
        Rule to number of rows of the month it was applied to.
    """

    name: str
    frame: pl.DataFrame
    origins: dict[str, str]
    rules: dict[str, int]


def fetch(params: DataParams, instrument: Instrument, tally: Counter[str]) -> Iterator[Month]:
    """Yield the wanted ticks month by month, in order of time.

    Parameters
    ----------
    params
        The ``data`` block.
    instrument
        The market; its symbol names the files of a venue.
    tally
        Grows, while months are taken, by what was read and how often each rule was applied, range and closed hours
        included.

    Raises
    ------
    DataError
        If a row or a file breaks a rule that is not to be applied, or no tick is left.
    ParamsError
        If the source cannot serve this instrument or these params.

    Notes
    -----
    One month is held in memory, or one file where that is longer; with ``unsorted_times: sort`` all of the range.
    """
    tally.update({"rows_read": 0, "out_of_range_dropped": 0, **dict.fromkeys(rules.MARKS, 0)})
    origins: list[tuple[str, str]] = []
    frames = _followed(SOURCES[params.source](params, instrument), params, tally, origins)
    n_ticks = 0
    for start, rows in _months(frames if params.unsorted_times == "refuse" else _sorted(frames)):
        frame, counts = rules.applied(rows)
        tally.update(counts)
        n_ticks += frame.height
        if frame.height:
            used = dict(origins[number] for number in frame["file"].unique(maintain_order=True))
            yield Month(f"{start:%Y-%m}", frame.drop("file"), used, counts)
    if not n_ticks:
        where = f"data.source {params.source} {params.path or params.cache}".rstrip()
        found = f"none among {tally['rows_read']} rows"
        raise DataError(where, f"needs a tick from {params.start} to {params.end}", found, "change the range")


def _followed(
    chunks: Iterable[Chunk], params: DataParams, tally: Counter[str], origins: list[tuple[str, str]]
) -> Iterator[pl.DataFrame]:
    """Yield each file's rows with the file's number, and write down what the file was."""
    for chunk, frame in rules.checked(chunks, params):
        number = len(origins)
        origins.append((chunk.origin, chunk.sha256))
        tally.update({"rows_read": chunk.frame.height, "out_of_range_dropped": chunk.frame.height - frame.height})
        tally.update(chunk.rules)
        yield frame.drop("row").with_columns(pl.lit(number, dtype=pl.UInt32).alias("file"))


def _sorted(frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Yield all rows as one frame in order of time, equal times as they came."""
    held = list(frames)
    if held:
        yield pl.concat(held).sort("time", maintain_order=True)


def _months(frames: Iterable[pl.DataFrame]) -> Iterator[tuple[object, pl.DataFrame]]:
    """Yield (first instant, rows) of each month, from frames in order of time."""
    month = pl.col("time").dt.truncate("1mo").alias("month")
    parts = ((start, part) for frame in frames for (start,), part in frame.group_by(month, maintain_order=True))
    for start, group in groupby(parts, key=itemgetter(0)):
        yield start, pl.concat([part for _, part in group])
