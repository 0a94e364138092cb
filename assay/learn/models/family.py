"""The kinds of models behind one door: fit and export, or open and predict."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from assay.errors import FitError
from assay.learn.models.artifact import Artifact, Card
from assay.learn.models.overlap import Overlap
from assay.learn.params import TreeParams
from assay.types import Flags, Floats, Singles


class Family(Protocol):
    """What the module of one kind offers."""

    FILE: str

    def fit(
        self, x: Singles, up: Flags, weight: Floats, n_drawn: int, params: TreeParams, seed: int
    ) -> tuple[bytes, Floats]:
        """Return the exported model and the importance of each column, in any unit.

        A tree draws ``n_drawn`` of the rows.
        """
        ...

    def opened(self, content: bytes) -> Model:
        """Return the model that was exported."""
        ...


class Model(Protocol):
    """An exported model, opened."""

    def __call__(self, x: Singles) -> Floats:
        """Return P(second class) of each row, shape (n,)."""
        ...


LEAVES = 10


def fit(
    x: Singles,
    names: Sequence[str],
    schema: str,
    up: Flags,
    weight: Floats,
    params: TreeParams,
    seed: int,
    where: str,
    classes: tuple[int, int] = (-1, 1),
    overlap: Overlap | None = None,
) -> Artifact:
    """Fit a classifier of two classes and export it.

    Parameters
    ----------
    x
        Finite features, shape (n, d), single precision.
    names, schema
        Their names, in order, and the hash of their schema.
    up
        Whether a row is of the second class, shape (n,).
    weight
        Weights, 0 or more, shape (n,); a row that weighs nothing does not train.
    params, seed
        Which model, how large, and its random stream.
    where
        What the message calls it when the fit is refused.
    classes
        What the two classes stand for.
    overlap
        How the labels of the rows overlap, where trees draw by the sequential bootstrap: see
        :func:`assay.learn.models.overlap.overlap`.

    Raises
    ------
    FitError
        If fewer than ``params.min_rows`` rows weigh something, or all that do are of one class.
    """
    if not weight.all():
        kept = np.flatnonzero(weight)
        x, up, weight, overlap = x[kept], up[kept], weight[kept], overlap and overlap.only(kept)
    _check(up, params.min_rows, where)
    family = _family(params.type)
    n_drawn = drawn(params, weight)
    if overlap is None:
        content, importance = family.fit(x, up, weight, n_drawn, params, seed)
    else:
        content, importance = _sequential()(x, up, weight, overlap, n_drawn, params, seed)
    total = importance.sum()
    shares = importance / total if total > 0 else importance
    digest = hashlib.sha256(content).hexdigest()
    card = Card(params.type, family.FILE, tuple(names), schema, classes, up.size, tuple(shares.tolist()), digest)
    return Artifact(content, card)


class Predictor:
    """An artifact, opened once and asked often; out-of-fold, walk-forward and served predictions all come from here."""

    def __init__(self, artifact: Artifact) -> None:
        self.card = artifact.card
        self._model = _family(artifact.card.kind).opened(artifact.content)

    def predict(self, x: Singles, names: Sequence[str], schema: str) -> Floats:
        """Return P(second class) of each row, shape (n,); a row's bits do not depend on the other rows.

        Raises
        ------
        DataError
            If the columns are not those of the fit.
        """
        self.card.check(names, schema)
        return self._model(x) if x.size else np.empty(0)


def _family(kind: str) -> Family:
    """Load the module of one kind; the other's library stays out of the process."""
    return _boosting() if kind == "lightgbm" else _forest()


def _forest() -> Family:
    from assay.learn.models import forest  # noqa: PLC0415 - a second of import, for this kind only

    return forest


def _sequential() -> Callable[..., tuple[bytes, Floats]]:
    from assay.learn.models import sequential  # noqa: PLC0415 - a second of import, where it is asked for only

    return sequential.fit


def _boosting() -> Family:
    try:
        from assay.learn.models import boosting  # noqa: PLC0415 - a second of import, for this kind only
    except OSError as error:
        remedy = "install the system's OpenMP runtime (libgomp1), or choose another models.type"
        raise FitError("models.type", "lightgbm must load", error, remedy) from None
    return boosting


def drawn(params: TreeParams, weight: Floats) -> int:
    """Return how many rows each tree draws: a share of them, but ten leaves' worth at least, or trees could not split.

    ``uniqueness`` is the mean weight: the average uniqueness of the labels, as López de Prado 2018 (*Advances in
    Financial Machine Learning*, 4.5 and 6.3.3) sizes the draws of a bagged ensemble.
    """
    share = float(weight.mean()) if params.max_samples == "uniqueness" else params.max_samples
    return min(max(round(share * weight.size), LEAVES * params.min_samples_leaf), weight.size)


def _check(up: Flags, min_rows: int, where: str) -> None:
    if up.size < min_rows:
        remedy = "make more events, ask for fewer splits, raise a weights.oldest below 0, or lower min_rows"
        raise FitError(where, f"needs {min_rows} training rows or more that weigh something", up.size, remedy)
    n_up = int(up.sum())
    if n_up in {0, up.size}:
        found = f"{up.size} rows, all {'of the second' if n_up else 'of the first'}"
        raise FitError(where, "needs training rows of two classes", found, "widen the range or change the labels")
