"""Splits that Yahoo forgot to apply to some older rows, or applied twice."""

from __future__ import annotations

import numpy as np

from assay.market.zones import DAY_NS
from assay.sources.yahoo.levels import jumps, levels, tolerance
from assay.types import Floats, Ints

SMALL = 1.25
"""Ratio from which on a split stands out from the moves of a market."""
AFTER = 5
"""Rows after a split that can still be wrong."""
BEFORE_DAYS = 366
"""How long before a split its traces are looked for; nearer to 1, a fall of the market would be taken for one."""


def missed(prices: Floats, adjusted: Floats, split: Floats, time_ns: Ints) -> Floats:
    """Return what each row's prices must be multiplied by; its volume is divided by it.

    Parameters
    ----------
    prices
        Open, high, low, close as served, adjusted for splits: shape (n, 4).
    adjusted
        What makes a row's prices adjusted for dividends too, so that a large one is not taken for a split: shape (n,).
    split
        Ratio of the split that becomes effective with the row, 1 for none, shape (n,).
    time_ns
        Time of the row, shape (n,).

    Returns
    -------
    Floats
        1 where nothing was missed, shape (n,).

    Notes
    -----
    For a split of ratio s, rows up to five after it are compared with one another: a row s times, or 1 / s times, its
    neighbour on the side of the split begins a stretch that ends where the opposite move follows, or with the first
    row. Moves count that lie within a quarter of the ratio's excess over 1, in one year before the split at most.
    """
    scale = np.ones(len(prices))
    for k in np.flatnonzero(np.maximum(split, 1 / split) >= SMALL):
        end = min(int(k) + AFTER, len(prices) - 1) + 1
        steps = jumps((prices * (adjusted * scale)[:, None])[:end], split[k], tolerance(split[k]))
        steps[time_ns[: end - 1] < time_ns[k] - BEFORE_DAYS * DAY_NS] = 0
        level = np.clip(levels(steps, -1), -1, 1)
        scale[:end] *= np.where(level == 1, 1 / split[k], np.where(level == -1, split[k], 1.0))
    return scale
