"""Plain text: fields that are bare numbers or ISO times are read in one pass, faster than by polars.

What is read here has one meaning, the one that polars gives it: digits with one point, exact to the last bit, and times
of fixed width. A block that holds anything else, be it one empty cell, is left to polars as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numba import njit

from assay.sources.files.digits import BAD, END, MINUS, ONE, POINT, QUOTE, RETURN, Place, digits
from assay.sources.files.walls import wall
from assay.tables.table import DType
from assay.types import Floats, Ints

WALL = pl.Datetime("ns")
"""The type of ISO text without an offset: a time on a clock of a zone that the text does not name."""
_SKIPPED, _INTEGER, _DECIMAL, _WALL = range(4)
_KINDS: Mapping[DType, int] = {pl.Int64: _INTEGER, pl.Float64: _DECIMAL, WALL: _WALL}
_ARROW = {_INTEGER: pa.int64(), _DECIMAL: pa.float64(), _WALL: pa.timestamp("ns")}
_ASCII = 127
_DIGITS = 18
"""Digits of a number that no int64 is too small for."""
_EXACT = 1 << 53
"""Whole numbers up to this are exact as floats; divided by an exact power of ten they give the nearest float."""
_POWERS = np.array([float(10**n) for n in range(_DIGITS + 1)])


def read(lines: bytes, separator: str, names: Sequence[str], wanted: Mapping[str, DType]) -> pl.DataFrame | None:
    """Return the wanted columns of whole lines; None where not all is plain.

    Parameters
    ----------
    lines
        Text, with a line end after each line.
    separator
        One ASCII character that stands in no number.
    names
        All columns of the text.
    wanted
        The columns that are read, with their types: ``Int64``, ``Float64`` or :data:`WALL`; of another, nothing is.

    Notes
    -----
    A decimal number of 18 digits at most, whose digits make a whole number m of 2^53 at most, is m / 10^k: both are
    exact as floats, so the quotient is the float nearest to the text (Clinger, 1990, "How to read floating point
    numbers accurately", section 3). Fields that are not wanted may hold any ASCII but quotes. Each plain line has a
    mark or an end for each column and a byte for each that is wanted: text of fewer bytes takes no memory here.
    """
    if not set(wanted.values()) <= _KINDS.keys():
        return None
    kinds = np.array([_KINDS[wanted[name]] if name in wanted else _SKIPPED for name in names])
    text = np.frombuffer(lines, np.uint8)
    n_taken, n_lines = np.count_nonzero(kinds), _lines(text)
    if n_lines * (kinds.size + n_taken) > text.size:
        return None
    floats = np.empty((n_taken, n_lines))
    if not _filled(text, ord(separator), kinds, floats, floats.view(np.int64)):
        return None
    taken = [name for name in names if name in wanted]
    types = [_ARROW[kind] for kind in kinds.tolist() if kind != _SKIPPED]
    return pl.DataFrame([_column(*one) for one in zip(taken, floats, types, strict=True)])


def _column(name: str, values: Floats, dtype: pa.DataType) -> pl.Series:
    """Return eight bytes a row as a column of a type, without a copy."""
    return pl.Series(name, pa.Array.from_buffers(dtype, values.size, [None, pa.py_buffer(values)]))


@njit(cache=True, nogil=True)
def _lines(text: np.ndarray) -> int:
    """Return the number of line ends."""
    n_lines = 0
    for byte in text:
        n_lines += byte == END
    return n_lines


@njit(cache=True, nogil=True)
def _filled(text: np.ndarray, mark: int, kinds: Ints, floats: Floats, integers: Ints) -> bool:
    """Read each column into a row of `floats` or, in the same memory, of `integers`; return whether all is plain."""
    place, column, slot, row = np.uint64(0), 0, 0, 0
    while row < floats.shape[1]:
        kind = kinds[column]
        if kind == _DECIMAL:
            place, floats[slot, row] = _decimal(text, place)
        elif kind == _INTEGER:
            place, integers[slot, row] = _integer(text, place)
        elif kind == _WALL:
            place, integers[slot, row] = wall(text, place, mark)
        else:
            place = _skipped(text, place, mark)
        if place == BAD:
            return False
        slot, column, end = slot + (kind != _SKIPPED), column + 1, mark
        if column == kinds.size:
            slot, column, row, end = 0, 0, row + 1, END
            place += np.uint64(text[place] == RETURN)
        if text[place] != end:
            return False
        place += ONE
    return np.int64(place) == text.size


@njit(cache=True, nogil=True)
def _skipped(text: np.ndarray, place: Place, mark: int) -> Place:
    """Return where a field ends that is not wanted."""
    while text[place] != mark and text[place] != END and text[place] != RETURN:
        if text[place] == QUOTE or text[place] > _ASCII:
            return BAD
        place += ONE
    return place


@njit(cache=True, nogil=True)
def _integer(text: np.ndarray, place: Place) -> tuple[Place, int]:
    is_negative = text[place] == MINUS
    start = place + np.uint64(is_negative)
    place, value = digits(text, start, 0)
    if not 1 <= np.int64(place - start) <= _DIGITS:
        return BAD, 0
    return place, -value if is_negative else value


@njit(cache=True, nogil=True)
def _decimal(text: np.ndarray, place: Place) -> tuple[Place, float]:
    is_negative = text[place] == MINUS
    start = place + np.uint64(is_negative)
    place, value = digits(text, start, 0)
    n_digits: Any = np.int64(place - start)
    n_decimals: Any = 0
    if text[place] == POINT and n_digits:
        start = place + ONE
        place, value = digits(text, start, value)
        n_decimals = np.int64(place - start)
        n_digits = n_digits + n_decimals if n_decimals else 0
    if not 1 <= n_digits <= _DIGITS or value > _EXACT:
        return BAD, 0.0
    number = value / _POWERS[n_decimals]
    return place, -number if is_negative else number
