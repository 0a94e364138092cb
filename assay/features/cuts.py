"""Where a market is cut to find what looks ahead: at ends of sessions, before jumps, and all over the bars."""

from __future__ import annotations

import math

import numpy as np

from assay.features.inputs import Inputs
from assay.types import Floats, Ints

_N_ENDS, _N_JUMPS, _N_BETWEEN = 20, 10, 100
"""Ends of sessions at most, rows before the largest jumps of each kind, and places in between."""
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
"""Its multiples, less their whole parts, lie evenly between 0 and 1, at no period that a kernel could have."""


def cuts(inputs: Inputs) -> list[int]:
    """Return how many of the first bars to look at alone, rising; each number leaves a bar out.

    What looks one bar ahead shows only where the last bar before the cut needs the first one after it, and a feature
    may need it seldom: where a session ends, before a jump from close to open or to close, or in rows that only chance
    finds.
    """
    n, close = inputs.bars.height, inputs.given("close")
    ends = np.flatnonzero(np.diff(inputs.session_day))
    jumps = (_largest(np.abs(inputs.given(name)[1:] - close[:-1])) for name in ("open", "close"))
    rows = np.concatenate([few(ends, _N_ENDS), *jumps, spread(0, n - 1, _N_BETWEEN), np.array([0, n - 2])])
    return [int(row) + 1 for row in np.unique(rows) if 0 <= row < n - 1]


def spread(first: int, end: int, n: int) -> Ints:
    """Return n rows of those from the first to before the end, evenly but at no period."""
    return first + np.floor(_GOLDEN * np.arange(n) % 1.0 * (end - first)).astype(np.int64)


def few(rows: Ints, n: int) -> Ints:
    """Return n of the rows, or all if there are fewer, the first and the last among them."""
    return rows[np.unique(np.linspace(0, rows.size - 1, min(rows.size, n)).astype(np.int64))]


def _largest(x: Floats) -> Ints:
    """Return the rows of the largest values."""
    return np.argsort(-x, kind="stable")[:_N_JUMPS]
