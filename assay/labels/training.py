"""What labels weigh among the others of a training set: uniqueness, decay with age, balance of classes, one scale.

These depend on which labels are taken together, so they are made of the training rows of a fit, never of all labels:
else the labels of a test would tell what those of the training weigh.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import polars as pl
from pydantic import Field, model_validator

from assay.errors import DataError
from assay.labels.weights import average_uniqueness, concurrency
from assay.stats.elementary import exp, log
from assay.types import Flags, Floats, Params

OWN_WEIGHT = "training_weight"
"""Column of LABELS that the weights of training begin with, where it is there; else it is the uniqueness."""


class TrainingWeightParams(Params):
    """What training labels weigh among one another."""

    decay: Literal["linear", "exponential"] = Field(
        "linear", description="How weights fall from the newest label to the oldest, by cumulative uniqueness."
    )
    oldest: float = Field(
        1.0,
        gt=-1,
        le=1,
        description="Weight of the oldest label, if the newest has 1; 1 for no decay. Below 0, linear only: that share "
        "of the labels, the oldest, weighs nothing.",
    )
    balance: bool = Field(default=False, description="Give both classes the same weight in all.")

    @model_validator(mode="after")
    def _possible(self) -> TrainingWeightParams:
        if self.decay == "exponential" and self.oldest <= 0:
            raise ValueError("oldest must be above 0 where decay is exponential")
        return self


def training_weights(labels: pl.DataFrame, up: Flags, params: TrainingWeightParams) -> Floats:
    """Return what each training label weighs, shape (n,).

    Parameters
    ----------
    labels
        LABELS of the rows that train, rising by ordinal.
    up
        Whether a label is of the second class, shape (n,).
    params
        Decay and balance.

    Raises
    ------
    DataError
        If no label weighs anything.

    Notes
    -----
    The product of the label's own weight (column ``training_weight`` where there is one, else its uniqueness among
    these labels), its decay and its class's balance, scaled so that the sum is the uniqueness of the labels that weigh
    something: as many labels as do not overlap.
    """
    unique = uniqueness(labels)
    weight = _own(labels, unique) * time_decay(unique, params)
    weight = balanced(weight, up) if params.balance else weight
    if np.array_equal(weight, unique):
        return unique
    total = float(weight.sum())
    if total <= 0:
        remedy = "raise models.weights.oldest, or set labels.weights.scheme to uniqueness"
        raise DataError("training weights", "one label at least must weigh something", total, remedy)
    return weight * (float(unique[weight > 0].sum()) / total)


def uniqueness(labels: pl.DataFrame) -> Floats:
    """Return the average uniqueness of labels among themselves, in (0, 1], shape (n,).

    Column ``weight`` counts all labels of the market, also those that a model does not train on: of label 0, purged,
    or of another fold. Where many are left out, it says little of how those that are left repeat one another.
    """
    starts, ends = (labels[name].to_numpy() for name in ("ordinal", "end_ordinal"))
    if not starts.size:
        return np.empty(0)
    starts, ends = starts - starts[0], ends - starts[0]
    return average_uniqueness(starts, ends, concurrency(starts, ends, int(ends.max()) + 1))


def drawn_by_overlap(labels: pl.DataFrame) -> Floats:
    """Return what of the weights a draw by overlap stands for, shape (n,): the uniqueness; 1 where all weigh the same.

    So with ``labels.weights.scheme: equal`` the draws alone know of overlap, as in AFML 4.5.
    """
    unique = uniqueness(labels)
    own = _own(labels, unique)
    return np.ones(own.size) if own is not unique and np.ptp(own) == 0 else unique


def _own(labels: pl.DataFrame, unique: Floats) -> Floats:
    return labels[OWN_WEIGHT].to_numpy() if OWN_WEIGHT in labels.columns else unique


def time_decay(uniqueness: Floats, params: TrainingWeightParams) -> Floats:
    """Return the decay of labels in order of time, newest 1, shape (n,).

    AFML 4.7, Snippet 4.11: age is counted in uniqueness, so that a crowd of overlapping labels ages as one. With ``x``
    from 0, before the oldest label, to 1, at the newest, and ``c = oldest``: ``c + (1 - c) x``; below 0
    ``max(0, 1 - (1 - x) / (1 + c))``; exponential (not in AFML) ``c^(1 - x)``, whose ratio of two labels is the same
    in every training set of the same total.
    """
    if params.oldest == 1 or not uniqueness.size:
        return np.ones(uniqueness.size)
    total = np.cumsum(uniqueness)
    age = 1.0 - total / total[-1]
    if params.decay == "exponential":
        return exp(age * log(np.array([params.oldest]))[0])
    slope = 1.0 - params.oldest if params.oldest >= 0 else 1.0 / (1.0 + params.oldest)
    return np.maximum(1.0 - slope * age, 0.0)


def balanced(weight: Floats, up: Flags) -> Floats:
    """Return weights scaled so that both classes have half of the sum; one class alone keeps its weights.

    With equal weights, scikit-learn's ``class_weight="balanced"``: ``n / (2 n_class)``.
    """
    first, second = float(weight[~up].sum()), float(weight[up].sum())
    if not (first > 0 and second > 0):
        return weight
    half = 0.5 * (first + second)
    return weight * np.where(up, half / second, half / first)
