"""What a label weighs by itself: its average uniqueness and the return that falls to it (AFML 4.3-4.6)."""

from __future__ import annotations

import numpy as np
from numba import njit

from assay.errors import DataError
from assay.stats.elementary import log
from assay.types import Floats, Ints


def concurrency(starts: Ints, ends: Ints, n_bars: int) -> Ints:
    """Return how many labels span each bar.

    Parameters
    ----------
    starts, ends
        Closed spans ``[start, end]`` in bar ordinals, shape (n,).
    n_bars
        Number of bars.

    Returns
    -------
    Ints
        Shape (n_bars,). Sum of a difference array: O(n + n_bars), where AFML Snippet 4.1 is O(n n_bars).

    Raises
    ------
    DataError
        If a span does not lie inside the bars, or ends before it starts.
    """
    change = np.zeros(n_bars + 1, np.int64)
    _refuse(starts, ends, n_bars)
    _count(starts, ends, change)
    return change[:n_bars]


def average_uniqueness(starts: Ints, ends: Ints, count: Ints) -> Floats:
    """Return the mean of ``1 / concurrency`` over each span, in (0, 1], shape (n,).

    Parameters
    ----------
    starts, ends
        Closed spans in bar ordinals, shape (n,); each counted in ``count``.
    count
        Concurrency of every bar, which may hold spans besides these, shape (n_bars,).

    Raises
    ------
    DataError
        If a span does not lie inside the bars, or ends before it starts.

    Notes
    -----
    AFML Snippet 4.2 by one running sum: what comes after a span does not touch its value. The sum's rounding could
    leave a lone label at 1 + 1e-13, so values end at 1.
    """
    _refuse(starts, ends, count.size)
    total, out = np.empty(count.size + 1), np.empty(starts.size)
    _running(np.ones(1), count, total)
    _mean_unique(starts, ends, total, out)
    return out


def return_attribution(starts: Ints, ends: Ints, count: Ints, close: Floats) -> Floats:
    """Return the absolute log return that falls to each label, shape (n,): ``|sum of r_t / c_t|`` over its span.

    Parameters
    ----------
    starts, ends, count
        As in :func:`average_uniqueness`.
    close
        Closes of all bars, shape (n_bars,).

    Raises
    ------
    DataError
        If a span does not lie inside the bars, or a close is no positive, finite number: one running sum would carry
        it into all labels after it.

    Notes
    -----
    AFML Snippet 4.10, before its scaling to a sum of n; ``r_t`` leads to the close of bar t, so the move into the bar
    that decides is in it, as there. It is made of the label's own future: a weight for training, never for a test.
    """
    _refuse(starts, ends, min(count.size, close.size))
    wrong = np.flatnonzero(~((close > 0.0) & (close < np.inf)))
    if wrong.size:
        found = f"{close[wrong[0]]} of bar {wrong[0]}"
        raise DataError("bars", "closes must be positive, finite numbers", found, "rebuild the bars")
    total, logs = np.empty(count.size + 1), log(close)
    _running(np.append(0.0, logs[1:] - logs[:-1])[: close.size], count, total)
    return np.abs(total[ends + 1] - total[starts])


def _refuse(starts: Ints, ends: Ints, n_bars: int) -> None:
    if starts.shape != ends.shape:
        found = f"{starts.size} starts and {ends.size} ends"
        raise DataError("label spans", "need an end each", found, "pass two arrays of one length")
    wrong = _outside(starts, ends, n_bars)
    if wrong >= 0:
        rule, found = f"must lie within {n_bars} bars", f"[{starts[wrong]}, {ends[wrong]}] of label {wrong}"
        raise DataError("label spans", rule, found, "relabel these bars")


@njit(cache=True)
def _outside(starts: Ints, ends: Ints, n_bars: int) -> int:
    """Return the first span that does not lie inside the bars, or -1."""
    for k in range(starts.size):
        if not 0 <= starts[k] <= ends[k] < n_bars:
            return k
    return -1


@njit(cache=True)
def _count(starts: Ints, ends: Ints, change: Ints) -> None:
    """Turn zeros, one per bar and one more, into the concurrency."""
    for k in range(starts.size):
        change[starts[k]] += 1
        change[ends[k] + 1] -= 1
    for i in range(1, change.size - 1):
        change[i] += change[i - 1]


@njit(cache=True)
def _running(x: Floats, count: Ints, total: Floats) -> None:
    """Write the sums of ``x / count`` over the bars before each; a bar that none spans adds 0.

    ``x`` has a value for each bar, or one for all; ``total`` has one more than there are bars.
    """
    total[0] = 0.0
    for i in range(count.size):
        value = x[i] if x.size == count.size else x[0]
        total[i + 1] = total[i] + (value / count[i] if count[i] > 0 else 0.0)


@njit(cache=True)
def _mean_unique(starts: Ints, ends: Ints, total: Floats, out: Floats) -> None:
    for k in range(starts.size):
        stop = ends[k] + 1
        out[k] = min((total[stop] - total[starts[k]]) / (stop - starts[k]), 1.0)
