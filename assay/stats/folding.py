"""Sum, highest and lowest value of every window of a series, by doubling: see ``assay.stats.doubling``."""

from __future__ import annotations

import numpy as np
from numba import njit

from assay.types import Floats

SUM, HIGHEST, LOWEST = range(3)

_BLOCK = 1024


def folded(kind: int, window: int, x: Floats) -> Floats:
    """Return the sum or an extreme of each window, shape (n,); NaN before the first whole one and with a NaN in it.

    Parameters
    ----------
    kind
        ``SUM``, ``HIGHEST`` or ``LOWEST``.
    window
        Values per window, 1 or more.
    x
        The series, shape (n,).
    """
    out = np.empty(x.size)
    _fold(kind, window, np.ascontiguousarray(x), out)
    return out


@njit(cache=True)
def _fold(kind: int, window: int, x: Floats, out: Floats) -> None:
    """Fold one block of rows after another."""
    lead, block = window - 1, max(_BLOCK, 4 * window)
    part, wide = np.empty(lead + block), np.empty(lead + block)
    for first in range(0, x.size, block):
        told, span = out[first : first + block], lead + min(block, x.size - first)
        _begin(part[:span], x, first - lead)
        length, done = 1, 0
        while done < window:
            if window & length:
                _take_in(kind, told, part[lead - done : span - done], done)
                done += length
            if done < window:
                _begin(wide[:length], part, 0)
                _join(kind, part[length:span], part[: span - length], wide[length:span])
                part, wide = wide, part
            length *= 2


@njit(cache=True)
def _begin(part: Floats, x: Floats, since: int) -> None:
    """Copy values from a place on; before the first there is nothing, NaN."""
    for i in range(part.size):
        part[i] = x[since + i] if since + i >= 0 else np.nan


@njit(cache=True)
def _join(kind: int, a: Floats, b: Floats, into: Floats) -> None:
    """Join pieces with those before them, into an array of its own, which lets a processor do several at a time."""
    if kind == SUM:
        for i in range(into.size):
            into[i] = a[i] + b[i]
    elif kind == HIGHEST:
        for i in range(into.size):
            into[i] = a[i] if a[i] > b[i] or a[i] != a[i] else b[i]
    else:
        for i in range(into.size):
            into[i] = a[i] if a[i] < b[i] or a[i] != a[i] else b[i]


@njit(cache=True)
def _take_in(kind: int, told: Floats, b: Floats, done: int) -> None:
    """Join pieces with those before them, in place; where nothing is done yet, begin with them."""
    if not done:
        for i in range(told.size):
            told[i] = b[i]
    elif kind == SUM:
        for i in range(told.size):
            told[i] += b[i]
    elif kind == HIGHEST:
        for i in range(told.size):
            told[i] = told[i] if told[i] > b[i] or told[i] != told[i] else b[i]
    else:
        for i in range(told.size):
            told[i] = told[i] if told[i] < b[i] or told[i] != told[i] else b[i]
