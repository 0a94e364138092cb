"""Sum, means, highest and lowest value of every window of a series, by doubling: see ``assay.stats.doubling``.

Windows of several lengths are made of the same pieces, so they are folded in one go.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from assay.types import Floats, Ints

SUM, MEAN, ROOT_MEAN, HIGHEST, LOWEST = range(5)
"""What is told of a window; means are sums over their number, root means the square roots of these."""

_BLOCK = 1024


def folded(kind: int, window: int, x: Floats) -> Floats:
    """Return a measure of each window, shape (n,); see :func:`folded_each`."""
    out = np.empty(x.size)
    _fold(kind, np.array([window]), np.ascontiguousarray(x), out.reshape(1, -1))
    return out


def folded_each(kind: int, windows: tuple[int, ...], x: Floats) -> Floats:
    """Return a measure of each window of several lengths.

    Parameters
    ----------
    kind
        What is told: ``SUM``, ``MEAN``, ``ROOT_MEAN``, ``HIGHEST`` or ``LOWEST``.
    windows
        Values per window, 1 or more; k lengths.
    x
        The series, shape (n,).

    Returns
    -------
    Floats
        A row for each length, shape (k, n); NaN before the first whole window and with a NaN in it.
    """
    out = np.empty((len(windows), x.size))
    _fold(kind, np.array(windows), np.ascontiguousarray(x), out)
    return out


@njit(cache=True)
def _fold(kind: int, windows: Ints, x: Floats, out: Floats) -> None:
    """Fold one block of rows after another."""
    longest = int(np.max(windows))
    lead, block = longest - 1, max(_BLOCK, 4 * longest)
    part, wide = np.empty(lead + block), np.empty(lead + block)
    for first in range(0, x.size, block):
        end = min(first + block, x.size)
        span = lead + end - first
        _begin(part[:span], x, first - lead)
        _fold_block(kind, windows, part[:span], wide[:span], out, first, end)
        for row in range(windows.size):
            _share(kind, out[row][first:end], windows[row])


@njit(cache=True)
def _fold_block(kind: int, windows: Ints, part: Floats, wide: Floats, out: Floats, first: int, end: int) -> None:
    """Fold pieces of 1, 2, 4 and more values; a sum has its newest ones in, as many as its lower bits say."""
    lead, length = part.size - (end - first), 1
    while True:
        for row in range(windows.size):
            _take_in(kind, windows[row], length, part, out[row][first:end])
        if 2 * length > lead + 1:
            return
        _copy(part, wide[:length])
        _join(kind, part[length:], part[: part.size - length], wide[length:])
        part, wide, length = wide, part, 2 * length


@njit(cache=True)
def _begin(part: Floats, x: Floats, since: int) -> None:
    """Copy values from a place on; before the first there is nothing, NaN."""
    missing = min(max(-since, 0), part.size)
    part[:missing] = np.nan
    _copy(x[since + missing : since + part.size], part[missing:])


@njit(cache=True)
def _join(kind: int, a: Floats, b: Floats, into: Floats) -> None:
    """Join pieces with those before them, into an array of its own, which lets a processor do several at a time."""
    if kind <= ROOT_MEAN:
        for i in range(into.size):
            into[i] = a[i] + b[i]
    elif kind == HIGHEST:
        for i in range(into.size):
            into[i] = a[i] if a[i] > b[i] or a[i] != a[i] else b[i]
    else:
        for i in range(into.size):
            into[i] = a[i] if a[i] < b[i] or a[i] != a[i] else b[i]


@njit(cache=True)
def _take_in(kind: int, window: int, length: int, part: Floats, told: Floats) -> None:
    """Take pieces into windows; one may be in an extreme twice, so two are all that it is made of."""
    lead, done = part.size - told.size, window & (length - 1)
    if kind > ROOT_MEAN:
        if length <= window < 2 * length:
            _join(kind, part[lead:], part[lead + length - window : part.size + length - window], told)
    elif window & length:
        _add(part[lead - done : part.size - done], told, begun=done > 0)


@njit(cache=True)
def _add(part: Floats, told: Floats, begun: bool) -> None:  # noqa: FBT001
    """Add sums to those of newer values, or begin with them."""
    if begun:
        for i in range(told.size):
            told[i] += part[i]
    else:
        _copy(part, told)


@njit(cache=True)
def _copy(values: Floats, into: Floats) -> None:
    for i in range(into.size):
        into[i] = values[i]


@njit(cache=True, error_model="numpy")
def _share(kind: int, told: Floats, window: int) -> None:
    """Turn sums into means and root means."""
    if kind == MEAN:
        for i in range(told.size):
            told[i] /= window
    elif kind == ROOT_MEAN:
        for i in range(told.size):
            told[i] = np.sqrt(told[i] / window)
