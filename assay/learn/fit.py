"""The one fit, used by training and by every fold, and the one prediction, used by every fold and by serving."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from assay.learn.base import filtered, fit_base, out_of_fold, predict_up
from assay.learn.meta import Meta, fit_meta, gross_return, raw, side_of, with_p_up
from assay.learn.models.artifact import Artifact
from assay.learn.models.family import Predictor
from assay.learn.order import kept
from assay.learn.params import MetaParams, ModelParams
from assay.learn.rows import Rows
from assay.regimes.market import RegimeModels, fit_regimes
from assay.regimes.params import HmmParams
from assay.stats.seeds import child
from assay.tables.predictions import PREDICTIONS
from assay.types import Executor, Floats


@dataclass(frozen=True)
class Recipe:
    """All that decides a fit besides its rows.

    Parameters
    ----------
    models, meta, hmm
        What is fitted.
    embargo
        Bars after an inner test fold that train nothing.
    seed
        The run's seed.
    """

    models: ModelParams
    meta: MetaParams
    hmm: HmmParams
    embargo: int
    seed: int


@dataclass(frozen=True)
class Fitted:
    """Regimes, base model and what follows it: everything a prediction needs besides the features."""

    regimes: RegimeModels
    base: Artifact
    meta: Meta


def fit(rows: Rows, recipe: Recipe, number: int, executor: Executor) -> Fitted:
    """Fit regimes, base model and meta model on training rows, and on nothing else.

    Parameters
    ----------
    rows
        The training rows; whatever is not in them cannot be seen.
    recipe
        What is fitted.
    number
        Which fit this is: it names the random streams, see :func:`assay.stats.seeds.child`.
    executor
        Who fits the inner folds.

    Raises
    ------
    FitError
        If there are too few rows for one of the models.

    Notes
    -----
    The stages hmm, train-base and train-meta call the same steps one by one, so they leave the same bytes.
    """
    regimes = fit_regimes(rows.features, rows.segments(), recipe.hmm)
    seen = filtered(regimes, rows)
    folds = out_of_fold(rows, recipe.models, recipe.hmm, recipe.embargo, recipe.seed, number, executor)
    base = fit_base(rows, seen, recipe.models, child(recipe.seed, "base", number))
    meta = fit_meta(rows, seen, folds.p_up, recipe.meta, child(recipe.seed, "meta", number))
    return Fitted(regimes, base, meta.meta)


class Decider:
    """A fitted model, opened once: turns features into decisions, in research and live."""

    def __init__(self, fitted: Fitted) -> None:
        self.fitted = fitted
        self._base = Predictor(fitted.base)
        self._meta = Predictor(fitted.meta.model) if fitted.meta.model else None

    def decide(self, rows: Rows, cost: Floats) -> pl.DataFrame:
        """Return side, probabilities, cut and decision of every event.

        Parameters
        ----------
        rows
            All bars up to the last event, from the first one on, for the filter; and the events. Of these ``symbol``,
            ``ordinal``, ``t0``, ``price``, ``tp`` and ``sl`` are read: what is known at the decision.
        cost
            Cost of a round trip, as a fraction of the price, shape (events,).

        Returns
        -------
        pl.DataFrame
            ``symbol``, ``ordinal``, ``t0``, ``tp``, ``sl``, ``p_up``, ``side``, ``p_raw``, ``p_win``, ``cut`` and
            ``take``.
        """
        regimes = filtered(self.fitted.regimes, rows)
        p_up = predict_up(self._base, rows, regimes)
        eaten = self._meta.card.features if self._meta else ()
        x, names = with_p_up(kept(rows, eaten), regimes, p_up)
        p_raw = raw(self._meta, x, names, rows.schema, p_up)
        p_win = self.fitted.meta.calibrator.apply(p_raw)
        price, tp, sl = (rows.events[name].to_numpy() for name in ("price", "tp", "sl"))
        cut = self.fitted.meta.threshold.cut(tp, sl, price, cost * price)
        known = rows.events.select("symbol", "ordinal", "t0", "tp", "sl")
        return known.with_columns(p_up=p_up, side=side_of(p_up), p_raw=p_raw, p_win=p_win, cut=cut, take=p_win >= cut)


def predict(fitted: Fitted, rows: Rows, cost: Floats, fold: int) -> pl.DataFrame:
    """Return PREDICTIONS of events the model has not seen: the decisions, and the outcomes to score them by."""
    decided = Decider(fitted).decide(rows, cost)
    gross = gross_return(rows.events, decided["side"].to_numpy())
    number = pl.lit(fold, pl.Int32).alias("fold")
    told = decided.with_columns(number, win=gross > 0, gross_return=gross, label=rows.events["label"])
    return told.select(list(PREDICTIONS.columns))
