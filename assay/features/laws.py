"""The laws that every feature keeps: no look-ahead, a true look-back, no infinity, its unit."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assay.features.cuts import cuts, few, spread
from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.pieces import first, in_units, last, with_other_future
from assay.types import Ints, Singles

CLOSE_ENOUGH = 1e-6
"""Of a feature's scale: how near a fading memory comes to that of all bars within its look-back."""
_N_BETWEEN, _N_FEW = 16, 4
"""Rows all over the bars whose look-back is tried, and rows at most by breaks of session and by gaps."""
_TWOS = 2
_FACTOR = math.ldexp(1.0, _TWOS)
"""A power of two, so that another unit changes no bit but the exponent's."""


@dataclass(frozen=True)
class Views:
    """One market as the laws look at it.

    Parameters
    ----------
    whole
        All bars, and what is known beside them.
    early
        The same while fewer bars were there, and once with other bars after some: each with the number of bars that
        are the same.
    dearer, larger
        The same in a smaller unit of money, and of volume.
    """

    whole: Inputs
    early: tuple[tuple[int, Inputs], ...]
    dearer: Inputs
    larger: Inputs

    @classmethod
    def of(cls, inputs: Inputs) -> Views:
        """Return the views of a market."""
        half = inputs.bars.height // 2
        early = *((cut, first(inputs, cut)) for cut in cuts(inputs)), (half, with_other_future(inputs, half))
        return cls(inputs, early, in_units(inputs, money=_FACTOR), in_units(inputs, volume=_FACTOR))


def values(entry: Feature, inputs: Inputs) -> Singles:
    """Return a feature as it is stored, single precision, shape (n,)."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(entry.function(inputs)).astype(np.float32)


def _shape(entry: Feature, views: Views, told: Singles) -> str:  # noqa: ARG001 - a law's signature
    n = views.whole.bars.height
    return "" if told.shape == (n,) else f"shape {told.shape} of {n} bars"


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


def _lookback(entry: Feature, views: Views, told: Singles) -> str:
    """Find a row that bars before its look-back change."""
    valid = told[entry.first_valid :]
    scale = float(np.nanstd(valid)) if np.isfinite(valid).any() else 0.0
    for row in _telling(entry, views.whole.session_day, told):
        value, expected = float(values(entry, last(views.whole, row, entry.lookback))[-1]), float(told[row])
        near = 0.0 if entry.starts_at is None else CLOSE_ENOUGH * scale + 2.0 * np.spacing(np.float32(abs(expected)))
        if not (abs(value - expected) <= near or (np.isnan(value) and np.isnan(expected))):
            return f"row {row} is {expected:.9g}, but {value:.9g} of its last {entry.lookback} bars"
    return ""


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
    found, expected = values(entry, view), told * np.float32(math.ldexp(1.0, _TWOS * power))
    row = _first_other(found, expected, entry.first_valid)
    if row is None:
        return ""
    return f"row {row} is {found[row]:g} in a unit {_FACTOR:g} times smaller, not {expected[row]:g}"


def _begins(entry: Feature, views: Views, told: Singles) -> str:
    n, row = views.whole.bars.height, entry.first_valid
    return f"nothing in row {row}" if n > row and np.isnan(told[row]) else ""


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
        Of which features: any; those whose entry tells their look-back and their powers; or those of bars with nothing
        undefined in the first ones.
    """

    text: str
    breach: Callable[[Feature, Views, Singles], str]
    asked: Literal["of any", "of told", "of whole bars"]


LAWS = (
    Law("must have a value per bar", _shape, "of any"),
    Law("must be finite or NaN", _finite, "of any"),
    Law("must not change when bars follow", _prefix, "of any"),
    Law("must be decided by the bars of its look-back", _lookback, "of told"),
    Law("must change with the unit of money as price_power says", _money, "of told"),
    Law("must change with the unit of volume as size_power says", _volume, "of told"),
    Law("must begin in its first valid row", _begins, "of whole bars"),
)
