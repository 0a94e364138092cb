"""Rank correlations of two columns at a lag, exact to the last bit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from assay.types import Floats, Ints


@dataclass(frozen=True)
class Ranked:
    """Ranks of a column, shape (n,): whole numbers that add up to 0, and 0 where there is no value.

    ``size`` is the root of the sum of their squares.
    """

    ranks: Ints
    size: float


def ranked(x: Floats) -> Ranked:
    """Return the ranks of a column of up to 2^18 rows: twice the mean ranks, less their centre."""
    out = np.zeros(x.size, np.int64)
    known = np.flatnonzero(np.isfinite(x))
    _, place, counts = np.unique(x[known], return_inverse=True, return_counts=True)
    below = np.cumsum(counts) - counts
    out[known] = (2 * below + counts - known.size)[place]
    return Ranked(out, math.sqrt(int((out * out).sum())))


def correlation(x: Ranked, z: Ranked, lag: int) -> float:
    """Return the rank correlation of ``x[t]`` with ``z[t + lag]``; of a negative lag, with what was before.

    Notes
    -----
    The sample cross-correlation of Box and Jenkins, Time Series Analysis (1976), 11.1.2, of Spearman's ranks: means and
    deviations are those of the whole columns, whatever the lag. All sums are of whole numbers, hence exact.
    """
    n = x.ranks.size - abs(lag)
    both = x.ranks[:n] * z.ranks[lag:] if lag >= 0 else x.ranks[-lag:] * z.ranks[:n]
    size = x.size * z.size
    return int(both.sum()) / size if size else 0.0


def change(x: Floats, n_rows: int = 1) -> Floats:
    """Return ``x[t] - x[t - n_rows]``, NaN at the beginning."""
    out = np.full(x.size, np.nan)
    out[n_rows:] = x[n_rows:] - x[:-n_rows]
    return out


def following(x: Floats) -> Floats:
    """Return ``x[t + 1]``, NaN at the end."""
    return np.append(x[1:], np.nan)
