"""Forests whose trees draw by the sequential bootstrap: as an indicator matrix draws, and then as scikit-learn fits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from numpy.random import SeedSequence, default_rng
from sklearn.tree import DecisionTreeClassifier

from assay.errors import DataError, ParamsError
from assay.labels.training import TrainingWeightParams, training_weights, uniqueness
from assay.learn.base import fit_base
from assay.learn.meta import fit_meta
from assay.learn.models import sequential as trees
from assay.learn.models.family import Predictor, drawn, fit
from assay.learn.models.overlap import Overlap, overlap
from assay.learn.params import MetaParams, ModelParams
from assay.params import load

NAMES = ["a", "b", "c"]
PARAMS = ModelParams(
    n_estimators=12, max_depth=4, min_samples_leaf=1, max_features=1.0, max_samples=0.4, bootstrap="sequential"
)


def labels(n=60, seed=2):
    """Return labels that overlap in crowds, with the features that tell them."""
    rng = np.random.default_rng(seed)
    starts = np.sort(1_000_000 + rng.integers(0, 90, n))
    ends = starts + rng.integers(0, 12, n)
    held = (starts[:, None] <= (bars := np.arange(starts[0], ends.max() + 1))) & (bars <= ends[:, None])
    uniqueness = np.array([np.mean(1.0 / held.sum(axis=0)[row]) for row in held])
    x = rng.standard_normal((n, len(NAMES))).astype(np.float32)
    return x, x[:, 0] + rng.standard_normal(n) > 0, held, Overlap(starts, ends, uniqueness)


def drawn_by_matrix(held, uniform):
    """AFML Snippet 4.5: the average uniqueness of each label, were it drawn next, off the indicator matrix."""
    rows = []
    for u in uniform:
        count = held[rows].sum(axis=0)
        chance = np.array([np.mean(1.0 / (count[row] + 1.0)) for row in held])
        rows.append(int(np.searchsorted(np.cumsum(chance / chance.sum()), u, side="right")))
    return rows


@pytest.mark.parametrize("of_weight", ["uniqueness", "more", "equal"])
def test_a_forest_is_one_of_trees_on_rows_that_the_matrix_draws(of_weight):
    x, up, held, spans = labels()
    spans = replace(spans, uniqueness=np.ones(up.size)) if of_weight == "equal" else spans
    beyond = default_rng(9).choice([0.0, 0.5, 2.0], up.size) if of_weight == "more" else np.ones(up.size)
    weight = spans.uniqueness * beyond
    model = fit(x, NAMES, "s1", up, weight, PARAMS.model_copy(update={"min_rows": 4}), 5, "base", overlap=spans)
    kept, n_drawn = np.flatnonzero(beyond > 0), drawn(PARAMS, weight[beyond > 0])
    assert n_drawn == round(0.4 * kept.size)
    fresh = default_rng(4).standard_normal((500, len(NAMES))).astype(np.float32)
    said = []
    for stream in SeedSequence(5).spawn(PARAMS.n_estimators):
        draws, splits = stream.spawn(2)
        rows = kept[drawn_by_matrix(held[kept], default_rng(draws).random(n_drawn))]
        tree = DecisionTreeClassifier(max_depth=4, random_state=int(splits.generate_state(1)[0] >> 1))
        tree.fit(x[rows], up[rows], sample_weight=beyond[rows])
        said.append(tree.predict_proba(fresh)[:, 1])
    assert np.abs(Predictor(model).predict(fresh, NAMES, "s1") - np.mean(said, axis=0)).max() < 1e-6
    assert model.card.kind == "rf_cpu"
    assert sum(model.card.importance) == pytest.approx(1.0)


def test_labels_that_do_not_overlap_draw_as_many_rows_as_there_are():
    """``max_samples: uniqueness`` is the mean weight: of labels that do not overlap 1, as AFML Snippet 4.5 draws."""
    assert drawn(ModelParams(min_samples_leaf=1), np.ones(60)) == 60
    assert drawn(ModelParams(min_samples_leaf=1), labels()[3].uniqueness) < 30


def test_overlap_is_asked_for_by_the_parameter_alone(small):
    events = small.rows().events
    assert overlap(events, ModelParams()) is None
    spans = overlap(events, PARAMS)
    assert spans.starts.tolist() == events["ordinal"].to_list()
    assert spans.ends.tolist() == events["end_ordinal"].to_list()
    np.testing.assert_array_equal(spans.uniqueness, uniqueness(events))


def test_with_the_equal_scheme_draws_alone_know_of_overlap(small):
    events = small.rows().events.with_columns(training_weight=pl.lit(1.0))
    params = PARAMS.model_copy(update={"weights": TrainingWeightParams()})
    weight = training_weights(events, events["label"].to_numpy() > 0, params.weights)
    assert (overlap(events, params).uniqueness == 1.0).all()
    np.testing.assert_allclose(weight, uniqueness(events).mean(), rtol=1e-12)


def sequential(params):
    return params.model_copy(update={"bootstrap": "sequential"})


def test_base_and_meta_models_draw_so_where_it_is_asked_for(small, make_recipe):
    rows, params = small.rows(), make_recipe(hmm=False).models
    nothing = rows.features.select()
    base = fit_base(rows, nothing, sequential(params), 5)
    assert base == fit_base(rows, nothing, sequential(params), 5)
    assert base.content != fit_base(rows, nothing, params, 5).content
    p_up = default_rng(1).uniform(size=rows.events.height)
    meta = MetaParams(n_estimators=20, min_samples_leaf=5)
    one, other = (fit_meta(rows, nothing, p_up, asked, 5).meta.model.content for asked in (meta, sequential(meta)))
    assert one != other


def test_labels_that_weigh_nothing_are_not_drawn(small, make_recipe):
    rows, params = small.rows(), sequential(make_recipe(hmm=False).models)
    early = pl.col("ordinal") < rows.events["ordinal"].quantile(0.3)
    turned = rows.events.with_columns(label=pl.when(early).then(-pl.col("label")).otherwise("label"))
    forgetful = params.model_copy(update={"weights": TrainingWeightParams(oldest=-0.4)})
    pair = rows, type(rows)(rows.features, turned, rows.schema)
    one, other = (fit_base(given, rows.features.select(), forgetful, 5).content for given in pair)
    assert one == other


@pytest.mark.parametrize(("block", "model"), [("models", ModelParams), ("models.meta", MetaParams)])
def test_boosting_is_refused_in_one_line(block, model, tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text(
        "models:\n  type: lightgbm\n  bootstrap: sequential\n  meta: {type: lightgbm, bootstrap: sequential}\n"
    )
    with pytest.raises(ParamsError, match="bootstrap sequential needs type rf_cpu") as caught:
        load(block, model, path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("row", "value", "found"),
    [
        (slice(None), 0.0, "one at least is above 0; found 60 of 0"),
        (7, np.nan, "each is from 0 to 1e+100; found nan in row 7"),
        (7, np.inf, "found inf in row 7"),
        (7, 1e308, "in row 7"),
        (7, -1.0, "in row 7"),
    ],
)
def test_weights_that_no_row_can_be_drawn_by_are_one_line(row, value, found):
    x, up, _, spans = labels()
    weight = spans.uniqueness.copy()
    weight[row] = value
    with pytest.raises(DataError) as told:
        trees.fit(x, up, weight, spans, 24, PARAMS, 5)
    assert found in str(told.value)
    assert str(told.value).startswith("weights of training rows: ")
