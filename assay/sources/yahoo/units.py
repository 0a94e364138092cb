"""Prices in the wrong unit: pounds for pence, a hundredth or a hundred times of what they should be."""

from __future__ import annotations

import numpy as np

from assay.sources.yahoo.levels import jumps, levels
from assay.types import Flags, Floats, Ints

UNIT = 100.0
"""Pence in a pound, cents in a rand, agorot in a shekel."""
NEAR = 3.0
"""Ratio within which a move counts as one of 100: prices do not triple between two rows often, and 33 fold never."""
SPAN = 5
"""Rows on either side that tell what a single price should be."""


def wrong_units(prices: Floats, volume: Floats) -> Floats:
    """Return what each price must be multiplied by: 1, 100 or 0.01.

    Rows fall into levels, 100 times apart. Right is the level on which most rows were traded, or, where none was,
    that of most rows; of two with as many, the dearer, since Yahoo gives the larger unit for the smaller one. Then
    single prices of a row are held against the closes around it.

    Parameters
    ----------
    prices
        Open, high, low, close: shape (n, 4), positive.
    volume
        Units traded, shape (n,).
    """
    level = levels(jumps(prices, UNIT, NEAR), -1)
    counted = level[volume > 0] if (volume > 0).any() else level
    rows = np.array([float(f"1e{-2 * times}") for times in (level - _most(counted)).tolist()])  # powers of UNIT
    fixed = np.repeat(rows[:, None], prices.shape[1], axis=1)
    inside = _odd(prices * fixed)
    for i, j in zip(*np.nonzero(inside), strict=True):
        fixed[i, j] *= _single(prices[i, j] * fixed[i, j], np.median(_around(prices * fixed, inside, i)))
    return fixed


def _most(level: Ints) -> int:
    """Return the commonest level; of several the highest."""
    values, counts = np.unique(level, return_counts=True)
    return int(values[counts == np.max(counts)][-1]) if values.size else 0


def _odd(prices: Floats) -> Flags:
    """Return which prices belong to a row that spans more than it can: shape (n, 4)."""
    wide = prices.max(axis=1) > prices.min(axis=1) * UNIT / NEAR
    return np.repeat(wide[:, None], prices.shape[1], axis=1)


def _around(prices: Floats, odd: Flags, i: int) -> Floats:
    near = slice(max(i - SPAN, 0), i + SPAN + 1)
    closes = prices[near, 3][~odd[near, 3]]
    return closes if closes.size else prices[i]


def _single(price: float, usual: float) -> float:
    ratio = usual / price
    if UNIT / NEAR <= ratio <= UNIT * NEAR:
        return UNIT
    return 1 / UNIT if UNIT / NEAR <= 1 / ratio <= UNIT * NEAR else 1.0
