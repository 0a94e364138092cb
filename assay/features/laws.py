"""The laws that every feature keeps: no look-ahead, a true look-back, no infinity, its unit."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assay.features import columns
from assay.features.cuts import few, spread
from assay.features.feature import CLOSE_ENOUGH, Feature
from assay.features.inputs import Inputs
from assay.features.own import GROUP
from assay.features.pieces import first, last
from assay.features.views import FACTOR, TWOS, Views
from assay.types import Floats, Ints, Singles

_N_BETWEEN, _N_FEW = 16, 4
"""Rows all over the bars whose look-back is tried, and rows at most by breaks of session and by gaps."""


def values(entry: Feature, inputs: Inputs) -> Singles:
    """Return a feature as it is stored, single precision, shape (n,)."""
    with np.errstate(over="ignore", invalid="ignore"):
        return columns.values(entry, inputs).astype(np.float32)


def _finite(entry: Feature, views: Views, told: Singles) -> str:  # noqa: ARG001 - a law's signature
    rows = np.flatnonzero(np.isinf(told))
    return f"infinity in row {rows[0]}" if rows.size else ""


def _prefix(entry: Feature, views: Views, told: Singles) -> str:
    """Find a row that later bars change."""
    for n, view in views.early:
        row = _first_other(values(entry, view)[:n], told[:n], entry.first_valid)
        if row is not None:
            return f"row {row} is {told[row]:g}, another value with no bars after bar {n - 1}, or others"
    return ""


def _state(entry: Feature, views: Views, told: Singles) -> str:
    """Find a row that goes by what the feature's code was given before, shorter bars or longer ones."""
    n = views.whole.bars.height // 2
    if not n:
        return ""
    before, whole, after = (values(entry, view) for view in (first(views.whole, n), views.whole, first(views.whole, n)))
    for seen, found, expected in (("first {}", whole, told), ("bars after the first {}", after, before)):
        row = _first_other(found, expected, entry.first_valid)
        if row is not None:
            given = f"row {row} is {expected[row]:g}, but {found[row]:g} once it has been given the {seen.format(n)}"
            return f"{given}: is something kept in the module, or drawn at random?"
    return ""


def _lookback(entry: Feature, views: Views, told: Singles) -> str:
    """Find a row that bars before its look-back change."""
    rows = _telling(entry, views.whole.session_day, told)
    found = np.array([values(entry, last(views.whole, row, entry.lookback))[-1] for row in rows], np.float32)
    for i in np.flatnonzero(_is_far(entry, found, told[rows], told))[:1]:
        return f"row {rows[i]} is {told[rows[i]]:.9g}, but {found[i]:.9g} of its last {entry.lookback} bars"
    return ""


def _longer(entry: Feature, views: Views, told: Singles) -> str:
    """Find a row that bars before those that are looked at change, though they lie before its look-back too."""
    if views.longer is None:
        return ""
    found, start = values(entry, views.longer)[-told.size :], entry.lookback - 1
    for row in start + np.flatnonzero(_is_far(entry, found[start:], told[start:], told))[:1]:
        of_all = f"{found[row]:.9g} of all {views.longer.bars.height:,} bars"
        return f"row {row} of the last {told.size:,} is {told[row]:.9g} of them alone, but {of_all}"
    return ""


def _is_far(entry: Feature, found: Singles, expected: Singles, told: Singles) -> NDArray[np.bool_]:
    """Return which values are others than expected; where memory fades, farther than close enough to its scale."""
    near: Floats | float = 0.0
    if entry.starts_at is not None:
        valid = told[entry.first_valid :]
        scale = float(np.nanstd(valid)) if np.isfinite(valid).any() else 0.0
        near = CLOSE_ENOUGH * scale + 2.0 * np.spacing(np.abs(expected)).astype(np.float64)
    is_near = np.abs(found.astype(np.float64) - expected) <= near
    return ~(is_near | (np.isnan(found) & np.isnan(expected)))


def _telling(entry: Feature, session_day: Ints, told: Singles) -> list[int]:
    """Return the rows whose look-back is tried: the first and the last, some by breaks and gaps, others in between."""
    n, first_row = told.size, entry.lookback - 1
    known = np.isfinite(told)
    after_break, after_gap = (1 + np.flatnonzero(np.diff(x)) for x in (session_day, known))
    ends, breaks = (first_row, first_row + 1, n - 2, n - 1), few(after_break, _N_FEW)
    gaps = few(after_gap[after_gap > first_row], _N_FEW)
    rows = np.concatenate([ends, spread(first_row, n, _N_BETWEEN), breaks - 1, breaks, breaks + 1, gaps])
    return [int(row) for row in np.unique(rows) if first_row <= row < n]


def _money(entry: Feature, views: Views, told: Singles) -> str:
    return _in_other_units(entry, views.dearer, told, entry.price_power)


def _volume(entry: Feature, views: Views, told: Singles) -> str:
    return _in_other_units(entry, views.larger, told, entry.size_power)


def _in_other_units(entry: Feature, view: Inputs, told: Singles, power: int | None) -> str:
    if power is None:
        return ""
    found, expected = values(entry, view), told * np.float32(math.ldexp(1.0, TWOS * power))
    row = _first_other(found, expected, entry.first_valid)
    if row is None:
        return ""
    return f"row {row} is {found[row]:g} in a unit {FACTOR:g} times smaller, not {expected[row]:g}"


def _begins(entry: Feature, views: Views, told: Singles) -> str:
    """Tell whether the first valid row is empty; of one of a user's, which may be undefined there, whether all are."""
    n, row = views.whole.bars.height, entry.first_valid
    found = told[row:] if entry.group == GROUP else told[row : row + 1]
    return f"nothing in row {row}" if n > row and np.isnan(found).all() else ""


def _first_other(one: Singles, other: Singles, start: int) -> int | None:
    """Return the first row from a start on in which the bits differ; all NaN are alike, 0 and -0 are not."""
    rows = np.flatnonzero(_bits(one[start:]) != _bits(other[start:]))
    return start + int(rows[0]) if rows.size else None


def _bits(x: Singles) -> NDArray[np.uint32]:
    return np.where(np.isnan(x), np.float32(np.nan), x).view(np.uint32)


class Law(NamedTuple):
    """What every feature keeps.

    Parameters
    ----------
    text
        The law in words.
    breach
        From an entry, a market and the entry's values to what breaks it, "" for nothing.
    asked
        Of which features: any; those that are looked at closely; those whose entry tells their look-back and their
        powers; or those of bars with nothing undefined in the first ones.
    """

    text: str
    breach: Callable[[Feature, Views, Singles], str]
    asked: Literal["of any", "closely", "of told", "of whole bars"]


LAWS = (
    Law("must be finite or NaN", _finite, "of any"),
    Law("must not go by what its code was given before", _state, "closely"),
    Law("must not change when bars follow", _prefix, "of any"),
    Law("must be decided by the bars of its look-back", _lookback, "of told"),
    Law("must not change with the number of bars before its look-back", _longer, "of told"),
    Law("must change with the unit of money as price_power says", _money, "of told"),
    Law("must change with the unit of volume as size_power says", _volume, "of told"),
    Law("must begin in its first valid row", _begins, "of whole bars"),
)
