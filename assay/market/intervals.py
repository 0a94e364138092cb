"""Intervals of time: what two lists of them have in common, and how much of a span they fill."""

from __future__ import annotations

import numpy as np

from assay.types import Ints


def open_ns(intervals: Ints, begin_ns: Ints, end_ns: Ints) -> Ints:
    """Return how much of each span, from begin to end, lies inside intervals, ns, shape (n,).

    Parameters
    ----------
    intervals
        First instants and ends, shape (m, 2), in order of time, none overlapping: ``Calendar.open_intervals``.
    begin_ns, end_ns
        The spans, shape (n,), in any order.
    """
    if not intervals.size:
        return np.zeros(begin_ns.shape, np.int64)
    return _open_until(intervals, end_ns) - _open_until(intervals, begin_ns)


def _open_until(intervals: Ints, time_ns: Ints) -> Ints:
    """Return the time inside intervals from the first one to each instant."""
    lengths = intervals[:, 1] - intervals[:, 0]
    before = np.concatenate(([0], np.cumsum(lengths)))
    last = np.searchsorted(intervals[:, 0], time_ns, side="right") - 1
    inside = np.clip(time_ns - intervals[last, 0], 0, lengths[last])
    return np.where(last < 0, 0, before[last] + inside)


def common(left: Ints, right: Ints) -> Ints:
    """Return what two lists of intervals, each in order of time, have in common."""
    first = np.searchsorted(right[:, 1], left[:, 0], side="right")
    last = np.searchsorted(right[:, 0], left[:, 1], side="left")
    n = np.maximum(last - first, 0)
    of_left = np.repeat(np.arange(len(left)), n)
    of_right = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n) + np.repeat(first, n)
    begin = np.maximum(left[of_left, 0], right[of_right, 0])
    return np.column_stack((begin, np.minimum(left[of_left, 1], right[of_right, 1])))


def joined(intervals: Ints) -> Ints:
    """Return intervals with those that touch made one."""
    if not len(intervals):
        return intervals.reshape(0, 2)
    apart = intervals[1:, 0] > intervals[:-1, 1]
    begin = intervals[np.concatenate(([True], apart)), 0]
    return np.column_stack((begin, intervals[np.concatenate((apart, [True])), 1]))
