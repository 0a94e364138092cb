"""What features know of returns to come: rank correlation over time, spread between quantiles, who says the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assay.metrics.classification import midranks
from assay.types import Floats, Ints

FEWEST = 30
"""Rows without which there is no rank correlation."""


@dataclass(frozen=True)
class Information:
    """The information coefficient of a feature at one horizon.

    Parameters
    ----------
    mean
        Spearman's correlation of the feature with the return to come, over all rows.
    icir
        The same as a mean of what each period adds to it, over their standard deviation, ddof 1 (Grinold, Kahn 2000,
        ch. 6, not annualised).
    t
        ``icir * sqrt(n_periods)``: its distance from 0 in standard errors, were the periods independent.
    n_rows
        Rows on which the feature is known.
    """

    mean: float
    icir: float
    t: float
    n_rows: int


def information(feature: Floats, returns: Floats, n_periods: int) -> Information:
    """Return how a feature's order agrees with that of the returns that follow.

    Parameters
    ----------
    feature
        Values known at each row, shape (n,); rows that are not finite are left out.
    returns
        What follows each row, shape (n,), finite.
    n_periods
        Equal periods that the rows are cut into, in order; each longer than the returns reach ahead.

    Notes
    -----
    Ranks are of all rows, not of a period's own: where a slow feature and overlapping returns are ranked inside short
    periods, each less that period's mean, a random walk seems to turn back (Kendall 1954, Stambaugh 1999).
    """
    known = np.isfinite(feature)
    n_rows = int(known.sum())
    if n_rows < FEWEST:
        return Information(math.nan, math.nan, math.nan, n_rows)
    products = _scores(feature[known]) * _scores(returns[known])
    told = n_periods * np.array([part.sum() for part in np.array_split(products, n_periods)])
    mean, spread = float(told.mean()), float(told.std(ddof=1))
    icir = mean / spread if spread > 0.0 else math.nan
    return Information(mean, icir, icir * math.sqrt(n_periods), n_rows)


def quantile_returns(feature: Floats, returns: Floats, n_quantiles: int) -> Floats:
    """Return the mean return that followed each quantile of a feature, lowest first, shape (n_quantiles,).

    Quantiles are equal in rows; equal values are of one quantile, that of their mean rank. One without rows is NaN.
    """
    known = np.isfinite(feature)
    place = _quantiles(feature[known], n_quantiles)
    sums = np.bincount(place, weights=returns[known], minlength=n_quantiles)
    counts = np.bincount(place, minlength=n_quantiles)
    return np.divide(sums, counts, out=np.full(n_quantiles, np.nan), where=counts > 0)


def rank_matrix(columns: Sequence[Floats]) -> Floats:
    """Return Spearman's correlation of every pair of columns, shape (k, k); 0 for constant ones.

    Parameters
    ----------
    columns
        k of them, shape (n,) each; a row that is not finite has the mean rank, which takes correlation towards 0.
    """
    scores = [_filled(column) for column in columns]
    out = np.empty((len(scores), len(scores)))
    for i, one in enumerate(scores):
        for j, other in enumerate(scores[: i + 1]):
            out[i, j] = out[j, i] = (one * other).sum()
    return out


def clusters(correlation: Floats, at_least: float) -> Ints:
    """Return the cluster of each column, shape (k,), numbered from 0 in the order of their first members.

    Two columns are of one cluster where a chain of columns links them, each correlated with the next by ``at_least`` or
    more, in size (single linkage, Sneath 1957).
    """
    group = np.arange(correlation.shape[0])
    for i, row in enumerate(np.abs(correlation)):
        for j in np.flatnonzero(row[:i] >= at_least):
            group[group == group[i]] = group[j]
    first, place = np.unique(group, return_inverse=True)
    order = np.argsort([int(np.flatnonzero(group == one)[0]) for one in first])
    return np.argsort(order)[place]


def _quantiles(x: Floats, n: int) -> Ints:
    share = (midranks(x) - 0.5) / max(x.size, 1)
    return np.minimum((share * n).astype(np.int64), n - 1)


def _filled(x: Floats) -> Floats:
    out, known = np.zeros(x.size), np.isfinite(x)
    out[known] = np.nan_to_num(_scores(x[known]))
    return out


def _scores(x: Floats) -> Floats:
    """Return ranks less their mean, of length 1; NaN where all values are equal."""
    ranks = midranks(x) - (x.size + 1) / 2
    length = math.sqrt(float((ranks * ranks).sum()))
    return ranks / length if length > 0.0 else np.full(x.size, np.nan)
