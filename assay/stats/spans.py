"""Sums over spans of rows of any length, by doubling: of 1, 2, 4 and more neighbours, added up newest first.

A sum is a function of the values of its span alone, bit for bit, wherever the series begins or ends. The cost is that
of all rows and all spans, times log2 of the longest.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from assay.types import Floats, Ints


def totals(x: Floats, begin: Ints, end: Ints) -> Floats:
    """Return the sum of each ``x[begin:end]``, shape of ``begin``; 0 of a span of nothing.

    Parameters
    ----------
    x
        Values, shape (m,), finite.
    begin, end
        Spans, ``0 <= begin <= end <= m``.
    """
    out, newest, part = np.zeros(begin.size), end.astype(np.int64), x.astype(np.float64)
    length, longest = 1, int(np.max(end - begin, initial=0))
    while length <= longest:
        _add(part, length, begin, newest, out)
        _double(part, length)
        length *= 2
    return out


@njit(cache=True)
def _add(part: Floats, length: int, begin: Ints, newest: Ints, out: Floats) -> None:
    """Add a sum of ``length`` values to each span whose length has it as a power of two, and move on behind it."""
    for i in range(out.size):
        if (newest[i] - begin[i]) & length:
            newest[i] -= length
            out[i] += part[newest[i]]


@njit(cache=True)
def _double(part: Floats, length: int) -> None:
    """Turn sums of ``length`` values into those of twice as many, where there are."""
    for k in range(part.size - 2 * length + 1):
        part[k] += part[k + length]
