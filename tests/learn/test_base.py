"""The base model and its out-of-fold predictions."""

import numpy as np
import polars as pl
import pytest

from assay.compute.executor import Serial
from assay.errors import FitError
from assay.labels.training import TrainingWeightParams
from assay.learn.base import filtered, fit_base, inner_folds, out_of_fold
from assay.learn.rows import Rows
from assay.learn.training import base_steps, base_summary
from assay.metrics.classification import auc
from assay.regimes.market import fit_regimes
from assay.tables.predictions import OOF

EMBARGO = 3


@pytest.fixture(scope="module")
def folds(small, make_recipe):
    chosen = make_recipe()
    return out_of_fold(small.rows(), chosen.models, chosen.hmm, EMBARGO, 7, 0, Serial())


def test_no_fold_holds_a_bar_or_a_possible_outcome_of_its_test_or_embargo(small):
    rows = small.rows()
    rows = Rows(rows.features, rows.events.with_columns(pl.col("latest_ordinal") + pl.col("ordinal") % 5), "s1")
    for fold in inner_folds(rows, 5, EMBARGO):
        first, last = fold.test.events["ordinal"].min(), fold.test.events["latest_ordinal"].max()
        shut = set(range(first, last + EMBARGO + 1))
        assert not shut & set(fold.train.features["ordinal"].to_list())
        for event in fold.train.events.iter_rows(named=True):
            assert not shut & set(range(event["ordinal"], event["latest_ordinal"] + 1))
        assert fold.train.events.height + fold.test.events.height + fold.n_purged == rows.events.height


def test_every_training_event_is_predicted_once(small, folds):
    assert OOF.check(folds.predictions, "oof")["ordinal"].to_list() == small.rows().events["ordinal"].to_list()
    assert folds.predictions["fold"].unique().to_list() == [0, 1, 2]


def test_out_of_fold_predictions_find_the_planted_signal(small, folds):
    assert auc(small.rows().events["label"].to_numpy() > 0, folds.p_up) > 0.55


def test_events_without_direction_train_nothing(small, make_recipe):
    rows, params = small.rows(), make_recipe(hmm=False).models
    nothing = rows.features.select()
    zero = rows.events.with_columns(label=pl.when(pl.col("ordinal") < 300).then(0).otherwise("label").cast(pl.Int8))
    late = type(rows)(rows.features, rows.events.filter(pl.col("ordinal") >= 300), rows.schema)
    whole = fit_base(type(rows)(rows.features, zero, rows.schema), nothing, params, 5)
    assert whole == fit_base(late, nothing, params, 5)


def test_training_events_that_weigh_nothing_teach_nothing(small, make_recipe):
    """With decay below 0 the oldest share is forgotten: turned around, it changes no byte of the model."""
    rows, params = small.rows(), make_recipe(hmm=False).models
    early = pl.col("ordinal") < rows.events["ordinal"].quantile(0.3)
    turned = rows.events.with_columns(label=pl.when(early).then(-pl.col("label")).otherwise("label"))
    pair = rows, type(rows)(rows.features, turned, rows.schema)
    forgetful = params.model_copy(update={"weights": TrainingWeightParams(oldest=-0.4)})
    first, second = (fit_base(each, rows.features.select(), forgetful, 5) for each in pair)
    assert first == second
    first, second = (fit_base(each, rows.features.select(), params, 5) for each in pair)
    assert first != second


def test_one_direction_is_refused(small, make_recipe):
    rows = small.rows()
    up = rows.only(np.flatnonzero(rows.events["label"].to_numpy() > 0), [])
    with pytest.raises(FitError, match="base model: needs training rows of two classes"):
        fit_base(up, rows.features.select(), make_recipe().models, 5)


def test_the_filter_of_training_bars_is_the_filter_of_all_bars(small, make_recipe):
    rows = small.rows(holdout=0.3)
    models = fit_regimes(rows.features, rows.segments(), make_recipe().hmm)
    whole = rows.of_bars(small.features.select("symbol", "ordinal", "closed_at").hstack(models.columns(small.features)))
    assert whole.equals(filtered(models, rows))


def test_numbers_of_the_folds(small, folds, make_recipe):
    rows = small.rows()
    base = fit_base(rows, rows.features.select(), make_recipe(hmm=False).models, 5)
    steps = base_steps(rows, folds)
    assert [step["n_train"] + step["n_test"] + step["n_purged"] for step in steps] == [rows.events.height] * 3
    summary = base_summary(rows, folds, base, {"holdout": 4})
    assert summary["all_auc"] == auc(rows.events["label"].to_numpy() > 0, folds.p_up)
    assert (summary["n_events"], summary["n_label_zero"], summary["n_left_out_holdout"]) == (898, 0, 4)
