"""Numbers, sides and levels as files write them."""

from __future__ import annotations

import polars as pl

from assay.errors import DataError
from assay.sources.files.cells import Place, refuse_unread

SIDES = {"buy": 1, "b": 1, "1": 1, "+1": 1, "1.0": 1, "sell": -1, "s": -1, "-1": -1, "-1.0": -1}
SIDES |= dict.fromkeys(("", "0", "0.0", "none", "unknown"), 0)
TEXT = (pl.String, pl.Categorical, pl.Enum, pl.Null)
LEVELS = pl.List(pl.Float64)


def number(written: pl.Series, place: Place, *, decimal_comma: bool = False) -> pl.Series:
    """Return a column as numbers; an empty cell is null.

    Raises
    ------
    DataError
        If a cell is no number.
    """
    if written.dtype == pl.Float64:
        return written
    name = written.name
    plain = _plain(written, f"{name} must hold numbers", place)
    numbers = _cast(plain, decimal_comma=decimal_comma)
    refuse_unread(plain, numbers, f"{name} must hold a number", "mend the file or take the row out", place)
    return numbers


def lenient(written: pl.Series, *, decimal_comma: bool = False) -> pl.Series:
    """Return a vendor's column as numbers, null where it is none: it serves for a check only."""
    return _cast(written, decimal_comma=decimal_comma)


def _cast(plain: pl.Series, *, decimal_comma: bool) -> pl.Series:
    if plain.dtype != pl.String:
        return plain.cast(pl.Float64, strict=False)
    text = plain.str.strip_chars()
    text = text.str.replace(",", ".", literal=True) if decimal_comma else text
    return text.cast(pl.Float64, strict=False)


def side(written: pl.Series, place: Place) -> pl.Series:
    """Return a column as +1 (buyer), -1 (seller) or 0 (not given).

    Raises
    ------
    DataError
        If a cell is neither.
    """
    rule = f"{written.name} must be buy, sell or nothing"
    plain = _plain(written, rule, place).cast(pl.String).fill_null("")
    sides = plain.str.strip_chars().str.to_lowercase().replace_strict(SIDES, default=None, return_dtype=pl.Int8)
    refuse_unread(plain, sides, rule, "map the venue's codes", place)
    return sides


def levels(written: pl.Series, place: Place) -> pl.Series:
    """Return a column of lists of numbers.

    Raises
    ------
    DataError
        If it is none.
    """
    if not isinstance(written.dtype, pl.List) or not written.dtype.inner.is_numeric():
        rule = f"{written.name} must hold lists of numbers"
        raise DataError(place.path, rule, f"type {written.dtype}", "name another column in data.columns")
    return written.cast(LEVELS)


def _plain(written: pl.Series, rule: str, place: Place) -> pl.Series:
    """Return a column of numbers or text; a cast would make numbers of dates and of yes and no, which they are not."""
    if written.dtype in TEXT:
        return written.cast(pl.String)
    if not written.dtype.is_numeric():
        raise DataError(place.path, rule, f"type {written.dtype}", "name another column in data.columns")
    return written
