"""Rules that every tick must keep: named, and either refused with file and row, or applied and counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from assay.errors import DataError
from assay.sources.chunk import Chunk
from assay.sources.params import DataParams
from assay.tables.ticks import kind_of

CROSSED, LATE = "crossed_quotes_dropped", "unsorted_times_sorted"
MARKS = {CROSSED: pl.Boolean, LATE: pl.Boolean}
"""Columns that go with the ticks until their month is complete, and are counted then."""

ORDER, CROSS = "times never fall", "bid <= ask"


def within(frame: pl.DataFrame, params: DataParams) -> pl.DataFrame:
    """Return the rows inside the wanted range."""
    start_ns, end_ns = params.bounds_ns()
    time_ns = pl.col("time").to_physical()
    if start_ns is not None:
        frame = frame.filter(time_ns >= start_ns)
    return frame if end_ns is None else frame.filter(time_ns < end_ns)


def marked(frame: pl.DataFrame, params: DataParams, latest: object, where: str) -> pl.DataFrame:
    """Return a file's rows with a mark for each rule that is applied later; rows that must not be are refused.

    Parameters
    ----------
    frame
        Columns of QUOTES or TRADES, and `row`, the number of the row in its file.
    params
        What to do with crossed quotes and unsorted times.
    latest
        Time of the latest row before this file, or None.
    where
        The file, for messages.

    Raises
    ------
    DataError
        With file, row, rule and remedy.
    """
    table = kind_of(frame)
    for rule in table.rules:
        if rule.name not in (ORDER, CROSS):
            _refuse(frame, rule.broken, rule.name, "take the row out of the file, or the file out of the range", where)
    before = pl.max_horizontal(pl.col("time").cum_max().shift(1), pl.lit(latest, dtype=frame.schema["time"]))
    late = (pl.col("time") < before).fill_null(value=False)
    crossed = pl.col("bid") > pl.col("ask") if "bid" in table.columns else pl.lit(value=False)
    if params.unsorted_times == "refuse":
        _refuse(frame, late, ORDER, "sort the files, or set data.unsorted_times to sort", where)
    if params.crossed_quotes == "refuse":
        _refuse(frame, crossed, CROSS, "mend the source, or set data.crossed_quotes to drop", where)
    return frame.with_columns(crossed.alias(CROSSED), late.alias(LATE))


def checked(chunks: Iterable[Chunk], params: DataParams) -> Iterator[tuple[Chunk, pl.DataFrame]]:
    """Yield each file with its rows in the range, marked; order is followed from file to file."""
    latest = None
    for chunk in chunks:
        frame = marked(within(chunk.frame.with_row_index("row", 1), params), params, latest, chunk.where)
        latest = max((at for at in (latest, frame["time"].max()) if at is not None), default=None)
        yield chunk, frame


def applied(frame: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """Return the rows that stay, without marks, and how often each rule was applied."""
    counts = {name: int(frame[name].sum()) for name in MARKS}
    return frame.filter(~pl.col(CROSSED)).drop(*MARKS), counts


def _refuse(frame: pl.DataFrame, broken: pl.Expr, rule: str, remedy: str, where: str) -> None:
    bad = frame.filter(broken)
    if bad.height:
        values = bad.row(0, named=True)
        row = values.pop("row")
        found = ", ".join(f"{name} {value}" for name, value in values.items())
        raise DataError(f"{where} row {row}", rule, f"{found} ({bad.height} such rows)", remedy)
