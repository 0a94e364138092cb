"""The base model: the direction of an event, and what is said of training events by models that did not see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl

from assay.labels.training import training_weights
from assay.learn.models import family
from assay.learn.models.artifact import Artifact
from assay.learn.models.overlap import overlap
from assay.learn.order import Choice, chosen, kept
from assay.learn.params import ModelParams
from assay.learn.rows import Rows
from assay.regimes.market import RegimeModels, fit_regimes
from assay.regimes.params import HmmParams
from assay.splits.kfold import PurgedKFold
from assay.splits.purge import segment
from assay.stats.seeds import child
from assay.tables.predictions import OOF
from assay.types import Executor, Floats


@dataclass(frozen=True)
class InnerFold:
    """One fold inside the training rows: what its models may see, what they are asked, how many were purged."""

    number: int
    train: Rows
    test: Rows
    n_purged: int


@dataclass(frozen=True)
class OutOfFold:
    """Predictions of all training events, OOF; the rows each fold's model was fitted on and purged of, its choice."""

    predictions: pl.DataFrame
    n_train: list[int]
    n_purged: list[int]
    ffd: list[Choice | None]

    @property
    def p_up(self) -> Floats:
        """Probability of label +1, in the order of the events."""
        return self.predictions["p_up"].to_numpy()


def filtered(models: RegimeModels, rows: Rows) -> pl.DataFrame:
    """Return the regimes of the bars that are there; the filter starts anew after every gap."""
    if not models.names:
        return rows.features.select()
    return pl.concat([models.columns(rows.features[start:stop]) for start, stop in rows.segments()])


def fit_base(rows: Rows, regimes: pl.DataFrame, params: ModelParams, seed: int, where: str = "base model") -> Artifact:
    """Fit the direction on the events whose label is not 0, weighted, and choose the fractional difference it eats.

    Parameters
    ----------
    rows
        The training rows.
    regimes
        Filtered regimes of their bars, one column per state.
    params, seed, where
        Which model, its random stream, and what messages call it.

    Raises
    ------
    FitError
        If there are too few rows or one direction only, or an order of differences is wanted that is not there.
    """
    own, ffd = chosen(rows, params.ffd_order, where)
    decided = np.flatnonzero(rows.events["label"].to_numpy())
    told = own.only(decided, [])
    x, names = told.matrix(regimes), own.names + regimes.columns
    up = told.events["label"].to_numpy() > 0
    weight = training_weights(told.events, up, params.weights)
    spans = overlap(told.events, params)
    return family.fit(x, names, rows.schema, up, weight, params, seed, where, overlap=spans).with_choice(ffd)


def out_of_fold(
    rows: Rows, params: ModelParams, hmm: HmmParams, embargo: int, seed: int, number: int, executor: Executor
) -> OutOfFold:
    """Predict every training event by regimes and a model fitted without it.

    Parameters
    ----------
    rows
        The training rows.
    params, hmm, seed, number
        What each fold fits, and the random streams: see :func:`assay.stats.seeds.child`.
    embargo
        Bars after a test fold that train nothing.
    executor
        Who fits the folds.
    """
    folds = list(inner_folds(rows, params.n_splits, embargo))
    work = partial(_predicted, params=params, hmm=hmm, seed=seed, number=number)
    parts, ffd = zip(*executor.map(work, folds, "out-of-fold predictions"), strict=True)
    table = pl.concat(parts).select(list(OOF.columns))
    n_train, n_purged = [fold.train.events.height for fold in folds], [fold.n_purged for fold in folds]
    return OutOfFold(table, n_train, n_purged, list(ffd))


def inner_folds(rows: Rows, n_splits: int, embargo: int) -> Iterator[InnerFold]:
    """Cut training rows into purged folds.

    A fold's models see neither the bars nor the events from the first decision it tests to the last bar in which an
    outcome could have come, nor the bars of the embargo after it; and no event that could have lasted into them. The
    bars it is tested on come with all earlier ones, for the filter to start from.
    """
    starts, latest = rows.reach
    for number, (train, test) in enumerate(PurgedKFold(n_splits, embargo).split(starts, latest)):
        ((first, last),) = segment(starts, latest, int(test[0]), int(test[-1]) + 1).tolist()
        seen = rows.only(train, [(first, last + embargo)])
        asked = rows.until(test)
        yield InnerFold(number, seen, asked, starts.size - train.size - test.size)


def _predicted(
    fold: InnerFold, params: ModelParams, hmm: HmmParams, seed: int, number: int
) -> tuple[pl.DataFrame, Choice | None]:
    """Fit regimes and model on the fold's training rows; predict its test events, and tell what the model chose."""
    models = fit_regimes(fold.train.features, fold.train.segments(), hmm)
    where = f"base model of inner fold {fold.number}"
    own = child(seed, "base", number, fold.number + 1)
    artifact = fit_base(fold.train, filtered(models, fold.train), params, own, where)
    p_up = predict_up(family.Predictor(artifact), fold.test, filtered(models, fold.test))
    number_of = pl.lit(fold.number, pl.Int32).alias("fold")
    return fold.test.events.select("symbol", "ordinal").with_columns(number_of, p_up=p_up), artifact.card.ffd


def predict_up(predictor: family.Predictor, rows: Rows, regimes: pl.DataFrame) -> Floats:
    """Return the probability of label +1 of every event, shape (events,), by the columns the model chose."""
    own = kept(rows, predictor.card.features)
    return predictor.predict(own.matrix(regimes), own.names + regimes.columns, own.schema)
