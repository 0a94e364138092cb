"""A model that chose a fractional difference: fitted, stored, served and reported."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from assay.compute.executor import Serial
from assay.errors import DataError
from assay.learn import scores
from assay.learn.base import fit_base, inner_folds, out_of_fold
from assay.learn.fit import Decider, Fitted, fit, predict
from assay.learn.meta import fit_meta
from assay.learn.models.artifact import Artifact
from assay.learn.order import Choice, chosen
from assay.learn.training import base_steps, base_summary, meta_summary
from assay.learn.walkforward import by_fold, folds, report, walk_forward
from assay.market.costs import CostParams, resolve
from assay.market.instruments import Instrument
from assay.splits.params import WalkForwardParams
from tests.learn.differences import NAMES, NOISE, WALK, with_differences


@pytest.fixture(scope="module")
def fitted(wandering, make_recipe):
    return fit(wandering.rows(0.3), make_recipe(), 0, Serial())


def test_both_models_eat_the_chosen_one_and_say_so(wandering, fitted):
    found = chosen(wandering.rows(0.3), "auto", "base model")[1]
    for artifact in (fitted.base, fitted.meta.model):
        assert artifact.card.ffd == found
        assert [name for name in artifact.card.features if name in NAMES] == [found.feature]


def test_stored_models_keep_their_choice_and_predict_the_same_bits(wandering, fitted):
    base, meta = fitted.base, fitted.meta
    read = Fitted(fitted.regimes, Artifact.from_files(base.files()), type(meta).from_files(meta.files()))
    assert isinstance(read.base.card.ffd, Choice)
    assert (read.base, read.meta) == (base, meta)
    rows = wandering.rows()
    cost = np.full(rows.events.height, 1e-4)
    assert predict(read, rows, cost, 0).equals(predict(fitted, rows, cost, 0))


def test_a_prediction_reads_the_chosen_one_only_and_live_as_in_research(wandering, fitted):
    rows, decider = wandering.rows(), Decider(fitted)
    whole = decider.decide(rows, np.full(rows.events.height, 1e-4))
    own = fitted.base.card.ffd.feature
    others = rows.features.with_columns(pl.lit(7.0, pl.Float32).alias(name) for name in NAMES if name != own)
    assert decider.decide(replace(rows, features=others), np.full(rows.events.height, 1e-4)).equals(whole)
    changed = rows.features.with_columns(-pl.col(own))
    assert not decider.decide(replace(rows, features=changed), np.full(rows.events.height, 1e-4)).equals(whole)
    for at in (0, 500, 850):
        assert decider.decide(rows.until(np.array([at])), np.full(1, 1e-4)).equals(whole[at])


def test_features_without_the_chosen_one_are_refused(wandering, fitted):
    rows = wandering.rows()
    less = replace(rows, features=rows.features.drop(fitted.base.card.ffd.feature))
    with pytest.raises(DataError, match=f"column 7 of the model is {fitted.base.card.ffd.feature}"):
        Decider(fitted).decide(less, np.full(rows.events.height, 1e-4))


def test_every_inner_fold_chooses_on_its_own_rows_and_reports_it(wandering, make_recipe):
    rows, r = wandering.rows(), make_recipe(hmm=False)
    found = out_of_fold(rows, r.models, r.hmm, r.embargo, r.seed, 0, Serial())
    own = [chosen(fold.train, "auto", "base model")[1] for fold in inner_folds(rows, r.models.n_splits, r.embargo)]
    assert found.ffd == own
    assert len({each.statistic for each in own}) == 3
    assert [step["ffd_order"] for step in base_steps(rows, found)] == [each.order for each in own]
    base = fit_base(rows, rows.features.select(), r.models, 5)
    assert base_summary(rows, found, base, {})["all_ffd_statistic"] == base.card.ffd.statistic
    meta = fit_meta(rows, rows.features.select(), found.p_up, r.meta, 5)
    assert meta_summary(meta, {})["ffd_order"] == meta.meta.model.card.ffd.order


def test_every_walk_forward_fold_chooses_anew_and_reports_it(small, make_recipe):
    """Noise at first, a walk later: the fold that sees the walk takes a higher order, and importance still adds up."""
    rows = with_differences(small, np.concatenate((NOISE[:307], 5 * (WALK[307:] - WALK[306])))).rows()
    work = list(folds(rows, WalkForwardParams(n_splits=2), 3))
    instrument = Instrument(symbol="S1", kind="equity", tick_size=0.01, spread_ticks=1.0)
    tested = walk_forward(
        work, make_recipe(hmm=False), resolve(CostParams(), instrument), instrument, Serial(), Serial()
    )
    told = [row["ffd"] for row in by_fold(work, tested)]
    own = [chosen(fold.train, "auto", "base model")[1] for fold in work]
    assert [each["base"]["order"] for each in told] == [each["meta"]["order"] for each in told]
    assert [each["base"] for each in told] == [json.loads(json.dumps(vars(each))) for each in own]
    assert own[0].order == 0.1 < own[1].order
    shares = {row["feature"]: row["share"] for row in report(work, tested, {})["importance"]["base"]}
    assert sum(shares.values()) == pytest.approx(1)
    assert {own[0].feature, own[1].feature} == {name for name in shares if name in NAMES}


def test_importance_of_a_feature_that_one_model_lacks_is_half_of_the_other_share(fitted):
    first, second = (
        replace(fitted.base, card=replace(fitted.base.card, features=names, importance=shares))
        for names, shares in ((("x", "ffd_10"), (0.75, 0.25)), (("x", "ffd_40"), (0.5, 0.5)))
    )
    told = [(row["feature"], row["share"]) for row in scores.importance([first, second])]
    assert told == [("x", 0.625), ("ffd_40", 0.25), ("ffd_10", 0.125)]
