"""What a label weighs: its average uniqueness (AFML 4.3-4.4)."""

from __future__ import annotations

import numpy as np

from assay.types import Floats, Ints


def concurrency(starts: Ints, ends: Ints, n_bars: int) -> Ints:
    """Return how many labels span each bar.

    Parameters
    ----------
    starts, ends
        Closed spans ``[start, end]`` in bar ordinals below ``n_bars``, shape (n,).
    n_bars
        Number of bars.

    Returns
    -------
    Ints
        Shape (n_bars,). Sum of a difference array: O(n + n_bars), where AFML Snippet 4.1 is O(n n_bars).
    """
    change = np.bincount(starts, minlength=n_bars + 1) - np.bincount(ends + 1, minlength=n_bars + 1)
    return np.cumsum(change)[:n_bars]


def average_uniqueness(starts: Ints, ends: Ints, count: Ints) -> Floats:
    """Return the mean of ``1 / concurrency`` over each span, in (0, 1], shape (n,).

    Parameters
    ----------
    starts, ends
        Closed spans in bar ordinals, shape (n,); each counted in ``count``.
    count
        Concurrency of every bar, which may hold spans besides these, shape (n_bars,).

    Notes
    -----
    AFML Snippet 4.2 by one running sum: what comes after a span does not touch its value. The sum's rounding could
    leave a lone label at 1 + 1e-13, so values end at 1.
    """
    unique = np.divide(1.0, count, out=np.zeros(count.size), where=count > 0)
    total = np.concatenate(([0.0], np.cumsum(unique)))
    return np.minimum((total[ends + 1] - total[starts]) / (ends + 1 - starts), 1.0)
