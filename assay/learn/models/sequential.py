"""Trees that draw their rows by the sequential bootstrap, so that labels which overlap are seldom drawn together."""

from __future__ import annotations

import numpy as np
from numpy.random import SeedSequence, default_rng
from sklearn.tree import DecisionTreeClassifier

from assay.errors import DataError
from assay.labels.bootstrap import sequential_bootstrap
from assay.learn.models.forest import to_onnx
from assay.learn.models.overlap import Overlap
from assay.learn.params import TreeParams
from assay.types import Flags, Floats, Singles

_MOST = 1e100
"""A weight whose square, times any number of rows squared, is finite still."""


def fit(
    x: Singles, up: Flags, weight: Floats, overlap: Overlap, n_drawn: int, params: TreeParams, seed: int
) -> tuple[bytes, Floats]:
    """Fit a forest; return its ONNX bytes and the mean decrease of impurity by each column.

    It is the forest of ``assay.learn.models.forest`` but for the ``n_drawn`` rows of each tree, which are drawn one
    after another.

    Raises
    ------
    DataError
        If a weight is not from 0 to 1e100, or none is above 0: no row could be drawn.

    Notes
    -----
    López de Prado 2018, *Advances in Financial Machine Learning*, 4.5: the chance of a row is in proportion to the
    average uniqueness that it would have among those the tree has drawn. So uniqueness is in the draws; what is left
    of the weight, ``weight / uniqueness`` (attribution, decay, balance), weighs the rows that were drawn, and a row
    drawn k times counts k times. A tree's draws and its splits have a random stream each:
    ``SeedSequence(seed).spawn(n_estimators)``, then ``spawn(2)``.
    """
    _refuse_weights(weight)
    beyond = weight / overlap.uniqueness
    starts, ends = (edges - overlap.starts[0] for edges in (overlap.starts, overlap.ends))
    fitted = []
    for stream in SeedSequence(seed).spawn(params.n_estimators):
        draws, splits = stream.spawn(2)
        rows = sequential_bootstrap(starts, ends, default_rng(draws).random(n_drawn))
        count = np.bincount(rows, minlength=up.size)
        fitted.append(_tree(params, splits).fit(x, up, sample_weight=count * beyond))
    return to_onnx([tree.tree_ for tree in fitted], x.shape[1]), _importance(fitted)


def _refuse_weights(weight: Floats) -> None:
    """Refuse weights by which no rows can be drawn, or that no tree can add up."""
    wrong = np.flatnonzero(~((weight >= 0.0) & (weight <= _MOST)))
    where, remedy = "weights of training rows", "look at labels.weights, and at decay and balance of the model"
    if wrong.size:
        found = f"{weight[wrong[0]]:g} in row {wrong[0]}"
        raise DataError(where, f"each is from 0 to {_MOST:g}", found, remedy)
    if not weight.any():
        raise DataError(where, "one at least is above 0", f"{weight.size} of 0", remedy)


def _importance(fitted: list[DecisionTreeClassifier]) -> Floats:
    """Return the mean decrease of impurity by each column, of the trees that split; 0 where none does."""
    split = [tree.feature_importances_ for tree in fitted if tree.tree_.node_count > 1]
    return np.mean(split, axis=0) if split else np.zeros(fitted[0].n_features_in_)


def _tree(params: TreeParams, splits: SeedSequence) -> DecisionTreeClassifier:
    return DecisionTreeClassifier(
        max_depth=params.max_depth,
        min_samples_leaf=params.min_samples_leaf,
        max_features=params.max_features,
        random_state=int(splits.generate_state(1)[0] >> 1),
    )
