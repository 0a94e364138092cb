"""The laws that every feature keeps, and what breaks them: no look-ahead, a true look-back, no infinity, its unit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.pieces import first, in_units, last
from assay.types import Singles

CLOSE_ENOUGH = 1e-6
"""Of a feature's scale: how near a fading memory comes to that of all bars within its look-back."""
_TWOS = 2
_FACTOR = math.ldexp(1.0, _TWOS)
"""A power of two, so that another unit changes no bit but the exponent's."""


@dataclass(frozen=True)
class Breach:
    """A law that a feature broke, and what was found."""

    feature: str
    law: str
    found: str

    def __str__(self) -> str:
        return f"{self.feature}: {self.law}; found {self.found}"


@dataclass(frozen=True)
class Views:
    """One market as the laws look at it.

    Parameters
    ----------
    whole
        All bars, and what is known beside them.
    early
        The same while fewer bars were there.
    dearer, larger
        The same in a smaller unit of money, and of volume.
    """

    whole: Inputs
    early: tuple[Inputs, ...]
    dearer: Inputs
    larger: Inputs

    @classmethod
    def of(cls, inputs: Inputs) -> Views:
        """Return the views of a market."""
        n = inputs.bars.height
        cuts = sorted({cut for cut in (*np.linspace(1, n - 1, 7).astype(int).tolist(), n // 3) if cut > 0})
        early = tuple(first(inputs, cut) for cut in cuts)
        return cls(inputs, early, in_units(inputs, money=_FACTOR), in_units(inputs, volume=_FACTOR))


def breaches(entries: Sequence[Feature], inputs: Inputs, *, whole: bool = False) -> Iterator[Breach]:
    """Yield the first law that each feature breaks on some bars.

    Parameters
    ----------
    entries
        Features whose needs the bars hold.
    inputs
        Bars, n of them, and what is known beside them.
    whole
        Whether nothing is undefined in the first bars, so that a feature must begin where it says it does.
    """
    views = Views.of(inputs)
    for entry in entries:
        found = _first_breach(entry, views, LAWS if whole else LAWS[:-1])
        if found is not None:
            yield found


def values(entry: Feature, inputs: Inputs) -> Singles:
    """Return a feature as it is stored, single precision, shape (n,)."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(entry.function(inputs)).astype(np.float32)


def _first_breach(entry: Feature, views: Views, laws: Sequence[Law]) -> Breach | None:
    """Return what a feature breaks; that its function fails is told like the rest, for it may be anybody's."""
    try:
        told = values(entry, views.whole)
        for text, law in laws:
            if found := law(entry, views, told):
                return Breach(entry.name, text, found)
    except Exception as error:  # noqa: BLE001 - whatever a user's function raises is the finding
        return Breach(entry.name, "must be computed of any bars", f"{type(error).__name__}: {error}")
    return None


def _shape(entry: Feature, views: Views, told: Singles) -> str:  # noqa: ARG001 - a law's signature
    n = views.whole.bars.height
    return "" if told.shape == (n,) else f"shape {told.shape} of {n} bars"


def _finite(entry: Feature, views: Views, told: Singles) -> str:  # noqa: ARG001 - a law's signature
    rows = np.flatnonzero(np.isinf(told))
    return f"infinity in row {rows[0]}" if rows.size else ""


def _prefix(entry: Feature, views: Views, told: Singles) -> str:
    """Find a row that later bars change."""
    for view in views.early:
        n = view.bars.height
        row = _first_other(values(entry, view), told[:n], entry.first_valid)
        if row is not None:
            return f"row {row} is {told[row]:g}, another value while bar {n - 1} is the last"
    return ""


def _lookback(entry: Feature, views: Views, told: Singles) -> str:
    """Find a row that bars before its look-back change."""
    n, valid = views.whole.bars.height, told[entry.first_valid :]
    scale = float(np.nanstd(valid)) if np.isfinite(valid).any() else 0.0
    for row in sorted({row for row in (n // 2, n - n // 4, n - 2, n - 1) if row >= entry.lookback}):
        value, expected = float(values(entry, last(views.whole, row, entry.lookback))[-1]), float(told[row])
        near = 0.0 if entry.starts_at is None else CLOSE_ENOUGH * scale + 2.0 * np.spacing(np.float32(abs(expected)))
        if not (abs(value - expected) <= near or (np.isnan(value) and np.isnan(expected))):
            return f"row {row} is {expected:.9g}, but {value:.9g} of its last {entry.lookback} bars"
    return ""


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


Law = tuple[str, Callable[[Feature, Views, Singles], str]]
LAWS: tuple[Law, ...] = (
    ("must have a value per bar", _shape),
    ("must be finite or NaN", _finite),
    ("must not change when bars follow", _prefix),
    ("must be decided by the bars of its look-back", _lookback),
    ("must change with the unit of money as price_power says", _money),
    ("must change with the unit of volume as size_power says", _volume),
    ("must begin in its first valid row", _begins),
)
