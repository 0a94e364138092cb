"""Moments of every window of a series by doubling: of 2, 4, 8 and more neighbours, merged into the window asked for.

A window of 120 is made of one of 8, one of 16, one of 32 and one of 64 values, and each of those of two half as long.
So the cost is rows times log2(window); sums are formed in pairs, which is exacter than one after another; and a value
is a function of its window alone, bit for bit, wherever the series begins or ends: nothing is carried from window to
window, so nothing drifts. Blocks of rows keep the work in a processor's nearest memory; they change no sum.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from assay.stats.merging import N_STATES, PAIR, SHAPE, SPREAD, Table, merge
from assay.types import Floats

MEAN, VARIANCE, DEVIATION, SKEWNESS, KURTOSIS, COVARIANCE, CORRELATION, SLOPE = range(8)
"""What is told of a window: mean; variance and its square root; population skewness and kurtosis (3 for a normal); of
two series covariance, correlation, and slope of the second on the first."""
_KINDS = (SPREAD, SPREAD, SPREAD, SHAPE, SHAPE, PAIR, PAIR, PAIR)

_BLOCK = 8192


def windows(measure: int, window: int, *series: Floats, ddof: int = 0) -> Floats:
    """Return a measure of each window, shape (n,); NaN before the first whole one, and where it is undefined.

    Parameters
    ----------
    measure
        What is told.
    window
        Values per window, 1 or more.
    series
        One series, shape (n,), or two for the measures of two. A window with a NaN has none.
    ddof
        What a variance, its root and a covariance take off the number of values to divide by.
    """
    kind, out = _KINDS[measure], np.empty(series[0].size)
    out[: window - 1] = np.nan
    y = np.ascontiguousarray(series[-1])
    _windows(np.ascontiguousarray(series[0]), y, out, window, kind, N_STATES[kind], measure, ddof)
    return out


@njit(cache=True)
def _windows(x: Floats, y: Floats, out: Floats, window: int, kind: int, n_states: int, measure: int, ddof: int) -> None:
    """Build one block of rows after another; ``told`` has the ``done`` newest values of each window."""
    lead = window - 1
    block = min(max(_BLOCK, 2 * window), max(out.size - lead, 1))
    part, wide = np.empty((n_states, block + lead)), np.empty((n_states, block + lead))
    told, more = np.empty((n_states, block)), np.empty((n_states, block))
    for begin in range(lead, out.size, block):
        size = min(block, out.size - begin)
        _begin(part, x[begin - lead : begin + size], y[begin - lead : begin + size], kind)
        length, done = 1, 0
        while done < window:
            wanted = window & length & ~done
            if wanted and not done:
                _copy(part, lead, more, size)
            else:
                new, at, n, since = (told, 0, done, lead - done) if wanted else (part, length, length, 0)
                into, to, columns = (more, 0, size) if wanted else (wide, length, size + lead - length)
                merge(kind, new, at, n, part, since, length, into, to, columns)
            if wanted:
                told, more, done = more, told, done + length
            else:
                part, wide, length = wide, part, 2 * length
        _tell(measure, told, window, window - ddof, out[begin : begin + size])


@njit(cache=True)
def _begin(part: Table, x: Floats, y: Floats, kind: int) -> None:
    """Set the states of single values: themselves, and no deviation."""
    for row in range(part.shape[0]):
        for i in range(x.size):
            part[row, i] = 0.0
    for i in range(x.size):
        part[0, i] = x[i]
        if kind == PAIR:
            part[2, i] = y[i]


@njit(cache=True)
def _copy(part: Table, since: int, into: Table, size: int) -> None:
    for row in range(part.shape[0]):
        for i in range(size):
            into[row, i] = part[row, since + i]


@njit(cache=True)
def _tell(measure: int, told: Table, window: int, n: int, out: Floats) -> None:
    """Turn the states of windows into a measure."""
    if measure <= DEVIATION:
        _tell_spread(measure, told, n, out)
    elif measure <= KURTOSIS:
        _tell_shape(measure, told, window, out)
    else:
        _tell_pair(measure, told, n, out)


@njit(cache=True, error_model="numpy")
def _tell_spread(measure: int, told: Table, n: int, out: Floats) -> None:
    if measure == MEAN:
        for i in range(out.size):
            out[i] = told[0, i]
    elif measure == VARIANCE:
        for i in range(out.size):
            out[i] = told[1, i] / n
    else:
        for i in range(out.size):
            out[i] = np.sqrt(told[1, i] / n)


@njit(cache=True)
def _tell_shape(measure: int, told: Table, window: int, out: Floats) -> None:
    for i in range(out.size):
        second = told[1, i] / window
        if not second > 0.0:
            out[i] = np.nan
        elif measure == SKEWNESS:
            out[i] = told[2, i] / window / (second * np.sqrt(second))
        else:
            out[i] = told[3, i] / window / (second * second)


@njit(cache=True, error_model="numpy")
def _tell_pair(measure: int, told: Table, n: int, out: Floats) -> None:
    for i in range(out.size):
        of_x, of_y, shared = told[1, i], told[3, i], told[4, i]
        if measure == COVARIANCE:
            out[i] = shared / n
            continue
        below = np.sqrt(of_x) * np.sqrt(of_y) if measure == CORRELATION else of_x
        out[i] = shared / below if below != 0.0 else np.nan
