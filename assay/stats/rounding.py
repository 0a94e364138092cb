"""Prices as numbers of ticks, rounded to 2^-20 of one, so that sums and differences of them are exact."""

from __future__ import annotations

import numpy as np
from numba import njit

from assay.types import Floats

_STEPS = float(1 << 20)


def in_ticks(price: Floats, tick_size: float) -> Floats:
    """Return prices in ticks, rounded to 2^-20 of one, shape (n,)."""
    out = np.empty(price.size)
    _round(price, tick_size, out)
    return out


@njit(cache=True, error_model="numpy")
def _round(price: Floats, tick_size: float, out: Floats) -> None:
    for i in range(out.size):
        out[i] = np.rint(price[i] / tick_size * _STEPS) / _STEPS
