"""Columns as files write them -> columns of QUOTES and TRADES."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from assay.errors import DataError
from assay.sources.cells import refuse_nulls
from assay.sources.params import DataParams
from assay.sources.times import utc
from assay.tables.ticks import QUOTES, TRADES

SIDES = {"buy": 1, "b": 1, "1": 1, "+1": 1, "1.0": 1, "sell": -1, "s": -1, "-1": -1, "-1.0": -1}
SIDES |= dict.fromkeys(("", "0", "0.0", "none", "unknown"), 0)
TEXT = (pl.String, pl.Categorical, pl.Enum, pl.Null)

Decoded = tuple[pl.DataFrame, dict[str, int]]


def quotes(frame: pl.DataFrame, params: DataParams, path: Path) -> Decoded:
    """Return a file's quotes and what was counted; sizes that the file does not have are 0.

    Raises
    ------
    DataError
        If a time or a number is missing or cannot be read.
    """
    names = params.columns
    columns = {
        "time": utc(frame[names.time], params.time_unit, params.time_zone, path),
        "bid": _number(frame, names.bid, path),
        "ask": _number(frame, names.ask, path),
        "bid_size": _number(frame, names.bid_size, path, default=0.0),
        "ask_size": _number(frame, names.ask_size, path, default=0.0),
    }
    sized = bool(names.bid_size and names.ask_size)
    return _table(columns, QUOTES.empty()), {"sizes_not_given": 0 if sized else frame.height}


def trades(frame: pl.DataFrame, params: DataParams, path: Path) -> Decoded:
    """Return a file's trades and what was counted; without sizes each counts as 1 unit, without a side it is 0.

    Raises
    ------
    DataError
        If a time, a number or a side is missing or cannot be read.
    """
    names = params.columns
    columns = {
        "time": utc(frame[names.time], params.time_unit, params.time_zone, path),
        "price": _number(frame, names.price, path),
        "size": _number(frame, names.size, path, default=1.0),
        "side": _side(frame, names.side, path),
    }
    return _table(columns, TRADES.empty()), {"sizes_not_given": 0 if names.size else frame.height}


def _table(columns: dict[str, pl.Series], like: pl.DataFrame) -> pl.DataFrame:
    return pl.DataFrame({name: column.alias(name) for name, column in columns.items()}, schema=like.schema)


def _number(frame: pl.DataFrame, name: str, path: Path, default: float | None = None) -> pl.Series:
    """Return a column as numbers; text that is no number, and nothing at all, are refused."""
    if not name and default is not None:
        return pl.repeat(default, frame.height, dtype=pl.Float64, eager=True)
    written = _plain(frame[name], f"{name} must hold numbers", path)
    numbers = written.cast(pl.Float64, strict=False)
    refuse_nulls(written, numbers, f"{name} must hold a number", "mend the file or take the row out", path)
    return numbers


def _side(frame: pl.DataFrame, name: str, path: Path) -> pl.Series:
    if not name:
        return pl.repeat(0, frame.height, dtype=pl.Int8, eager=True)
    rule = f"{name} must be buy, sell or nothing"
    written = _plain(frame[name], rule, path).cast(pl.String).fill_null("")
    sides = written.str.to_lowercase().replace_strict(SIDES, default=None, return_dtype=pl.Int8)
    refuse_nulls(written, sides, rule, "map the venue's codes", path)
    return sides


def _plain(written: pl.Series, rule: str, path: Path) -> pl.Series:
    """Return a column of numbers or text; a cast would make numbers of dates and of yes and no, which they are not."""
    if written.dtype in TEXT:
        return written.cast(pl.String)
    if not written.dtype.is_numeric():
        raise DataError(path, rule, f"type {written.dtype}", "name another column in data.columns")
    return written
