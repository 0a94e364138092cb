"""Metrics of probabilities and of classes.

``happened`` tells of each event whether it happened, ``p`` is the probability given to it beforehand; shapes (n,) and
finite. What does not exist (no event, or one class only where two are needed) is NaN.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import polars as pl

from assay.stats.elementary import log
from assay.types import Flags, Floats, Ints

SMALLEST = 1e-15


def auc(happened: Flags, p: Floats) -> float:
    """Return the area under the receiver operating characteristic.

    The share of pairs (happened, did not) in which the first has the larger ``p``; a tie counts one half
    (Mann-Whitney U over its largest value).
    """
    n_yes = int(happened.sum())
    n_no = happened.size - n_yes
    if not n_yes or not n_no:
        return math.nan
    below = float(midranks(p)[happened].sum()) - n_yes * (n_yes + 1) / 2
    return below / (n_yes * n_no)


def midranks(x: Floats) -> Floats:
    """Return the rank of each value from 1; equal values share the mean of their ranks."""
    _, group, counts = np.unique(x, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[group]


def brier(happened: Flags, p: Floats) -> float:
    """Return the mean of ``(p - happened)²`` (Brier 1950, halved: one class)."""
    miss = p - happened
    return float((miss * miss).mean()) if p.size else math.nan


def log_loss(happened: Flags, p: Floats) -> float:
    """Return the mean of ``-log P(what happened)``, nats; probabilities are kept 1e-15 away from 0 and 1."""
    given = np.clip(np.where(happened, p, 1 - p), SMALLEST, 1 - SMALLEST)
    return float(-log(given).mean()) if p.size else math.nan


def equal_widths(n_groups: int) -> Floats:
    """Return the inner edges of groups of equal width over [0, 1], shape (n_groups - 1,)."""
    return np.arange(1, n_groups) / n_groups


def equal_counts(p: Floats, n_groups: int) -> Floats:
    """Return the inner edges of groups of equally many ``p``, fewer than ``n_groups`` where many of them are equal."""
    return np.unique(np.sort(p)[np.arange(1, n_groups) * (p.size - 1) // n_groups]) if p.size else p


def calibration_table(happened: Flags, p: Floats, edges: Floats) -> pl.DataFrame:
    """Return how often it happened, by what was said.

    Parameters
    ----------
    happened, p
        Outcomes and probabilities.
    edges
        Where groups meet, rising: :func:`equal_widths` or :func:`equal_counts`. A value on an edge belongs to the group
        below it.

    Returns
    -------
    pl.DataFrame
        One row per group that holds any: ``low`` and ``high`` (smallest and largest p), ``n``, ``mean_p``, ``rate``
        (share that happened).
    """
    group = np.searchsorted(edges, p, side="left")
    rows = [_group(happened[group == i], p[group == i]) for i in np.unique(group)]
    columns = (
        dict.fromkeys(("low", "high"), pl.Float64) | {"n": pl.Int64} | dict.fromkeys(("mean_p", "rate"), pl.Float64)
    )
    return pl.DataFrame(rows, schema=columns, orient="row")


def _group(happened: Flags, p: Floats) -> tuple[float, float, int, float, float]:
    return float(np.min(p)), float(np.max(p)), p.size, float(p.mean()), float(happened.mean())


def ece(happened: Flags, p: Floats, n_bins: int = 10) -> float:
    """Return the expected calibration error: ``|mean_p - rate|`` of bins of equal width, weighted by count.

    A perfect forecaster does not score 0: with 500 events and 10 bins .045 on average (Naeini, Cooper and
    Hauskrecht 2015).
    """
    if not p.size:
        return math.nan
    table = calibration_table(happened, p, equal_widths(n_bins))
    gaps = np.abs(table["mean_p"].to_numpy() - table["rate"].to_numpy())
    return float((gaps * table["n"].to_numpy()).sum()) / p.size


def confusion(truth: Ints, said: Ints, classes: Sequence[int]) -> Ints:
    """Return how often ``classes[i]`` was true and ``classes[j]`` was said, shape (k, k)."""
    counts = [[int(((truth == true) & (said == other)).sum()) for other in classes] for true in classes]
    return np.array(counts, dtype=np.int64)
