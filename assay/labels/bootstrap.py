"""The sequential bootstrap: labels drawn with replacement, seldom those that overlap many drawn before.

AFML 4.5: after some draws the chance of a label is in proportion to its average uniqueness, were it drawn next: the
mean of ``1 / (1 + c_t)`` over its span, for c_t spans drawn that hold bar t. A draw changes the chances of the labels
that overlap it and of no others, so it costs what lies around it, and not all labels times all bars.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from assay.errors import DataError
from assay.types import Floats, Ints

_FAN = 16
"""Chances that are summed into one, level by level, so that a draw finds its label among millions in a few steps."""


def sequential_bootstrap(starts: Ints, ends: Ints, uniform: Floats) -> Ints:
    """Return which labels are drawn, in order, shape (m,).

    Parameters
    ----------
    starts, ends
        Closed spans in bar ordinals, 0 or more, shape (n,), rising by start.
    uniform
        A random number in [0, 1) for every draw, shape (m,): a draw takes the first label at which the running sum of
        the chances exceeds it.

    Raises
    ------
    DataError
        If there is no label, a span is impossible or out of order, or a random number is not in [0, 1).

    Notes
    -----
    AFML Snippet 4.5 draws the same labels of the same numbers, but for an indicator matrix of n labels times all bars.
    Here the cost of a draw is that of the labels and bars within reach of its span: the longest span before it counts.
    """
    _check(starts, ends)
    wrong = np.flatnonzero(~((uniform >= 0.0) & (uniform < 1.0)))
    if wrong.size:
        found = f"{uniform[wrong[0]]} of draw {wrong[0]}"
        raise DataError("uniform", "random numbers must lie in [0, 1)", found, "draw them by Generator.random")
    spans, count = _spans(starts, ends), np.zeros(int(np.max(ends)) + 1, np.int32)
    level = _levels(starts.size)
    sums, drawn = np.empty(int(level[-1])), np.empty(uniform.size, np.int64)
    _draw(spans, count, level, sums, uniform, drawn)
    return drawn


def next_chances(starts: Ints, ends: Ints, drawn: Ints) -> Floats:
    """Return the chance of each label to be drawn next, after some draws, shape (n,); they sum to 1 (AFML 4.5.2)."""
    _check(starts, ends)
    count, weight = np.zeros(int(np.max(ends)) + 1, np.int32), np.empty(starts.size)
    for label in drawn:
        count[starts[label] : ends[label] + 1] += 1
    _weigh(_spans(starts, ends), count, 0, starts.size - 1, weight)
    return weight / weight.sum()


def _check(starts: Ints, ends: Ints) -> None:
    if not starts.size:
        raise DataError("labels", "one at least is needed to draw from", 0, "make more events")
    if starts.shape != ends.shape:
        found = f"{starts.size} starts and {ends.size} ends"
        raise DataError("label spans", "need an end each", found, "pass two arrays of one length")
    wrong = (starts < 0) | (ends < starts) | np.append(False, starts[1:] < starts[:-1])
    if wrong.any():
        k = int(np.argmax(wrong))
        found = f"[{starts[k]}, {ends[k]}] of label {k}"
        raise DataError("label spans", "must start at 0 or later, rise by start and end after it", found, "sort them")


def _spans(starts: Ints, ends: Ints) -> NDArray[np.int32]:
    """Return where each span starts and ends, and the first label that may overlap it, shape (n, 3).

    The last label that overlaps it is the last one that starts inside it.
    """
    first = np.searchsorted(np.maximum.accumulate(ends), starts)
    return np.column_stack((starts, ends, first)).astype(np.int32)


@njit(cache=True)
def _draw(
    spans: NDArray[np.int32],
    count: NDArray[np.int32],
    level: Ints,
    sums: Floats,
    uniform: Floats,
    drawn: Ints,
) -> None:
    """Write the draws; ``count`` are the drawn spans that hold each bar, ``sums`` the chances and their sums."""
    _weigh(spans, count, 0, len(spans) - 1, sums)
    _add_up(sums, level, 0, len(spans) - 1)
    for m in range(uniform.size):
        k = _find(sums, level, uniform[m])
        drawn[m], last = k, k
        for i in range(spans[k, 0], spans[k, 1] + 1):
            count[i] += 1
        while last + 1 < len(spans) and spans[last + 1, 0] <= spans[k, 1]:
            last += 1
        _weigh(spans, count, spans[k, 2], last, sums)
        _add_up(sums, level, spans[k, 2], last)


@njit(cache=True)
def _weigh(spans: NDArray[np.int32], count: NDArray[np.int32], first: int, last: int, weight: Floats) -> None:
    """Write the average uniqueness that each label from ``first`` to ``last`` would have, by one running sum."""
    begin, stop = spans[first, 0], 0
    for k in range(first, last + 1):
        stop = max(stop, spans[k, 1] + 1)
    total = np.empty(stop - begin + 1)
    total[0] = 0.0
    for i in range(begin, stop):
        total[i - begin + 1] = total[i - begin] + 1.0 / (count[i] + 1.0)
    for k in range(first, last + 1):
        start, end = spans[k, 0] - begin, spans[k, 1] + 1 - begin
        weight[k] = (total[end] - total[start]) / (end - start)


@njit(cache=True)
def _levels(n: int) -> Ints:
    """Return where each level of sums begins: the labels' own chances, sums of 16, of 256, ...; last, where it ends."""
    begins = [0, n]
    while n > _FAN:
        n = (n + _FAN - 1) // _FAN
        begins.append(begins[-1] + n)
    return np.array(begins)


@njit(cache=True)
def _add_up(sums: Floats, level: Ints, first: int, last: int) -> None:
    """Sum anew what the chances from ``first`` to ``last`` are part of."""
    for height in range(1, level.size - 1):
        below, stop = level[height - 1], level[height]
        first, last = first // _FAN, last // _FAN
        for k in range(first, last + 1):
            total = 0.0
            for i in range(below + k * _FAN, min(below + (k + 1) * _FAN, stop)):
                total += sums[i]
            sums[stop + k] = total


@njit(cache=True)
def _find(sums: Floats, level: Ints, uniform: float) -> int:
    """Return the first label at which the running sum of the chances exceeds a share of them all."""
    top = level.size - 2
    total = 0.0
    for i in range(level[top], level[top + 1]):
        total += sums[i]
    left, k = uniform * total, 0
    for height in range(top, -1, -1):
        k = k * _FAN if height < top else 0
        stop = min(k + _FAN, level[height + 1] - level[height]) - 1
        while k < stop and left >= sums[level[height] + k]:
            left -= sums[level[height] + k]
            k += 1
    return k
