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


def calibration_table(happened: Flags, p: Floats, n_bins: int = 10) -> pl.DataFrame:
    """Return how often it happened, by what was said.

    Parameters
    ----------
    happened, p
        Outcomes and probabilities.
    n_bins
        Number of bins of equal width over [0, 1].

    Returns
    -------
    pl.DataFrame
        One row per bin: ``low``, ``high``, ``n``, ``mean_p``, ``rate`` (share that happened; NaN in an empty bin). It
        holds ``low < p <= high``, the first one 0 too: values on an edge belong to the bin below it.
    """
    edges = np.arange(n_bins + 1) / n_bins
    place = np.clip(np.searchsorted(edges, p, side="left") - 1, 0, n_bins - 1)
    groups = [place == i for i in range(n_bins)]
    return pl.DataFrame(
        {
            "low": edges[:-1],
            "high": edges[1:],
            "n": [int(group.sum()) for group in groups],
            "mean_p": [float(p[group].mean()) if group.any() else math.nan for group in groups],
            "rate": [float(happened[group].mean()) if group.any() else math.nan for group in groups],
        }
    )


def ece(happened: Flags, p: Floats, n_bins: int = 10) -> float:
    """Return the expected calibration error: ``|mean_p - rate|`` of :func:`calibration_table`, weighted by count.

    A perfect forecaster does not score 0: with 500 events and 10 bins .045 on average (Naeini, Cooper and
    Hauskrecht 2015).
    """
    if not p.size:
        return math.nan
    table = calibration_table(happened, p, n_bins).filter(pl.col("n") > 0)
    gaps = np.abs(table["mean_p"].to_numpy() - table["rate"].to_numpy())
    return float((gaps * table["n"].to_numpy()).sum()) / p.size


def confusion(truth: Ints, said: Ints, classes: Sequence[int]) -> Ints:
    """Return how often ``classes[i]`` was true and ``classes[j]`` was said, shape (k, k)."""
    counts = [[int(((truth == true) & (said == other)).sum()) for other in classes] for true in classes]
    return np.array(counts, dtype=np.int64)


def accuracy(truth: Ints, said: Ints) -> float:
    """Return the share of events of which the truth was said."""
    return float((truth == said).mean()) if truth.size else math.nan


def precision(happened: Flags, said: Flags) -> float:
    """Return the share of what was said to happen that did."""
    return float(happened[said].mean()) if said.any() else math.nan


def recall(happened: Flags, said: Flags) -> float:
    """Return the share of what happened that was said to."""
    return float(said[happened].mean()) if happened.any() else math.nan
