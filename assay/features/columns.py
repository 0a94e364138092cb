"""From entries and bars to columns: in blocks of rows where a feature's memory is a window, else all rows at once.

A feature that is decided by its look-back gives the same bits for a block of rows and the look-back before it as for
all rows, which is the law that it is tested by. So it is built block by block: what is computed on the way stays in the
processor's own memory, and takes no more of the machine's than a block needs. Fading memories, and what is made of all
rows of other tables, are built of all rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import numpy as np
import polars as pl
from numba import njit

from assay.errors import DataError
from assay.features.feature import Feature, kind_of
from assay.features.inputs import Inputs
from assay.types import Floats, Singles

N_VALUES = 1 << 22
"""Values of all features that a block should hold."""
N_ROWS = 1 << 14
"""Rows of a block at least."""
N_LEADS = 8
"""A block is at least so many times as long as the rows before it that the longest look-back needs."""
_OF_A_BOOK = 20
"""A feature of order books takes as much memory as so many others: a book is many numbers."""
_BY_CLOSE = frozenset({"book"})
"""Tables of which a feature looks at no more than the rows that were known at the closes of its window."""
_INFINITY = np.float32(np.inf)
_LARGE = 31 << 20
"""Bytes. The C library gives arrays above a limit back to the system when they are freed, and asks for fresh, cleared
pages for the next one. The limit rises to the largest array freed so far, up to 32 MB; so one is freed at first,
untouched, or all that is computed on the way would be cleared again and again."""
_Row = tuple[Feature, Singles]
"""A feature, and where its values are written."""


def columns(asked: Sequence[Feature], inputs: Inputs) -> list[pl.Series]:
    """Return the columns, single precision, of the entries whose data the bars hold, in their order.

    Raises
    ------
    DataError
        If the bars hold no entry's data, or a value is infinite.
    """
    np.empty(_LARGE, np.uint8)
    entries = _available(asked, inputs)
    out = np.empty((len(entries), inputs.bars.height), np.float32)
    in_blocks, whole = _split(zip(entries, out, strict=True), inputs)
    with np.errstate(over="ignore"):
        _write_blocks(in_blocks, inputs)
        _write_whole(whole, inputs)
    return _named(out, [entry.name for entry in entries])


def _named(rows: Singles, names: Sequence[str]) -> list[pl.Series]:
    """Return each row as a series, all parts of one that is taken over at once: each costs half as much."""
    whole, n = pl.Series(rows.reshape(-1)), rows.shape[1]
    return [whole.slice(i * n, n).alias(name) for i, name in enumerate(names)]


def _available(asked: Sequence[Feature], inputs: Inputs) -> list[Feature]:
    """Return the entries whose data the bars hold, one at least."""
    held = {need for entry in asked for need in entry.needs if inputs.holds(need)}
    built = [entry for entry in asked if held.issuperset(entry.needs)]
    if not built:
        found = f"none of {len(asked)}, they need {', '.join(sorted({name for e in asked for name in e.needs}))}"
        raise DataError(
            "bars", "must hold the data of one feature at least", found, "switch on another group of features"
        )
    return built


def _split(rows: Iterable[_Row], inputs: Inputs) -> tuple[list[_Row], list[_Row]]:
    """Return the features that are built in blocks, and those that are built of all rows."""
    by_close, in_blocks, whole = {*inputs.bars.columns, *_BY_CLOSE}, list[_Row](), list[_Row]()
    for entry, row in rows:
        is_by_window = entry.starts_at is None and by_close.issuperset(entry.needs)
        (in_blocks if is_by_window else whole).append((entry, row))
    return in_blocks, whole


def _write_blocks(rows: Sequence[_Row], inputs: Inputs) -> None:
    """Write features block by block; nothing stays of what was made of tables beside the bars."""
    if not rows:
        return
    n = inputs.bars.height
    lead, size = _blocks([entry for entry, _ in rows]) if n > N_ROWS else (0, n)
    for begin in range(0, n, size):
        end = min(begin + size, n)
        block = inputs.rows(max(begin - lead, 0), end)
        for entry, row in rows:
            _write(entry, block, row[begin:end], begin)
    inputs.forget(series=size < n)


def _blocks(entries: Sequence[Feature]) -> tuple[int, int]:
    """Return the rows that a block needs before its own, and how many it has."""
    lead = max(entry.lookback for entry in entries) - 1
    width = sum(1 if _BY_CLOSE.isdisjoint(entry.needs) else _OF_A_BOOK for entry in entries)
    return lead, max(N_VALUES // width, N_ROWS, N_LEADS * lead)


def _write_whole(rows: Sequence[_Row], inputs: Inputs) -> None:
    """Write features of all rows; what was made for those of one table, or of many rows for one group, is forgotten.

    Those of tables come first: they take most memory on the way, and least of the columns is there yet.
    """
    own = {*inputs.bars.columns}
    by_table = sorted(rows, key=lambda row: _beside(own, row), reverse=True)
    for (table, _), together in groupby(by_table, lambda row: (_beside(own, row), row[0].group)):
        for entry, row in together:
            _write(entry, inputs, row, 0)
        inputs.forget(series=bool(table) or inputs.bars.height > N_ROWS)


def _beside(own: set[str], row: _Row) -> str:
    """Return the first table that a feature needs beside the bars' own columns; empty where it needs none."""
    return next((kind_of(need) for need in row[0].needs if need not in own), "")


def values(entry: Feature, inputs: Inputs) -> Floats:
    """Return what a feature's function gives, shape (n,).

    Raises
    ------
    DataError
        If that is not a value per bar.
    """
    given = np.asarray(entry.function(inputs), np.float64, order="C")
    if given.shape != (inputs.bars.height,):
        found = f"shape {given.shape} of {inputs.bars.height} bars"
        raise DataError(f"feature {entry.name}", "must have a value per bar", found, "correct its function")
    return given


def _write(entry: Feature, inputs: Inputs, out: Singles, begin: int) -> None:
    """Write a feature's last values to rows from ``begin`` on, NaN before its first valid row; refuse an infinity."""
    given = values(entry, inputs)
    if _take(given[-out.size :], max(entry.first_valid - begin, 0), out):
        found = f"infinity in row {begin + int(np.flatnonzero(np.isinf(out))[0])}"
        raise DataError(f"feature {entry.name}", "must be finite or NaN", found, "check that bar's prices")


@njit(cache=True)
def _take(values: Floats, first: int, out: Singles) -> bool:
    """Write values in single precision, NaN before a row; tell whether one is infinite, which is seen on the way.

    The index is unsigned, so that no value is looked up from the end of its array.
    """
    found, first = False, min(first, out.size)
    out[:first] = np.nan
    for i in range(np.uintp(first), np.uintp(out.size)):
        one = np.float32(values[i])
        out[i] = one
        found |= np.abs(one) == _INFINITY
    return found
