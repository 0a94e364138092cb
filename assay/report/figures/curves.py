"""Long series made short: thinning that keeps every high and low, and rounding that drops the last bits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from matplotlib.axes import Axes

from assay.types import Floats, Ints

_DIGITS = 10
_DAYS_OF_HOURS = 7


def thin(values: Floats, max_points: int) -> Ints:
    """Return rising indices of at most ``max_points`` values: ends, and the extremes of equal stretches between.

    Shape (m,) with m <= ``max_points``; all indices if the series is short enough. A spike is never lost.
    """
    n = values.size
    if n <= max_points:
        return np.arange(n, dtype=np.int64)
    edges = np.linspace(0, n, (max_points - 2) // 2 + 1).astype(np.int64)
    kept = {0, n - 1}
    for start, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        stretch = values[start:stop]
        kept |= {start + int(np.argmin(stretch)), start + int(np.argmax(stretch))}
    return np.array(sorted(kept), dtype=np.int64)


def spaced(n: int, max_points: int) -> Ints:
    """Return at most ``max_points`` evenly spaced indices of ``n``, first and last among them."""
    if n <= max_points:
        return np.arange(n, dtype=np.int64)
    return np.linspace(0, n - 1, max_points).astype(np.int64)


def rounded(values: Floats) -> Floats:
    """Return the values with ten significant digits.

    So many that a step of the last digit is far too small to be seen, and that prices and profits, which lie on a grid,
    are not halfway between two steps: fewer digits would make ties of them, which the last bit of a sum decides.
    """
    return np.array([float(f"{value:.{_DIGITS}g}") for value in values.tolist()], dtype=np.float64)


def mark_times(axes: Axes, ordinals: Ints, instants: Sequence[datetime], n_marks: int = 6) -> None:
    """Label an axis of bars with some of their times, UTC: the hour within a week, else the day."""
    at = spaced(len(instants), n_marks).tolist()
    short = bool(at) and (instants[at[-1]] - instants[at[0]]).days < _DAYS_OF_HOURS
    axes.set_xticks(ordinals[at], [f"{instants[i]:%d %b %H:%M}" if short else f"{instants[i]:%d %b %Y}" for i in at])
    axes.margins(x=0.01)
    for index, label in enumerate(axes.get_xticklabels()):
        label.set_horizontalalignment("left" if index == 0 else "right" if index == len(at) - 1 else "center")
