"""Exported models: the bytes alone predict, and predict what the library that fitted them does."""

import sys

import lightgbm
import numpy as np
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier

from assay.errors import DataError, FitError
from assay.learn.models import boosting, forest
from assay.learn.models.artifact import Artifact
from assay.learn.models.family import Predictor, drawn, fit
from assay.learn.params import ModelParams

NAMES = [f"f{i}" for i in range(8)]
KINDS = ["rf_cpu", "lightgbm"]


def rows(n=900, seed=3):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, len(NAMES))).astype(np.float32)
    x[:, 3] = np.round(x[:, 3])
    return x, x[:, 0] + x[:, 3] + rng.standard_normal(n) > 0, rng.uniform(0.1, 1, n)


def fitted(kind, seed=5, **changes):
    x, up, weight = rows()
    params = ModelParams(type=kind, n_estimators=40, min_samples_leaf=5, max_features=0.5, **changes)
    return fit(x, NAMES, "s1", up, weight, params, seed, "base model")


@pytest.fixture(scope="module")
def artifacts():
    return {kind: fitted(kind) for kind in KINDS}


@pytest.mark.parametrize("n_trees", [1, 3, 64, 200])
def test_forest_probabilities_equal_scikit_learn(n_trees):
    x, up, weight = rows()
    model = RandomForestClassifier(n_trees, max_depth=9, n_jobs=1, random_state=1).fit(x, up, sample_weight=weight)
    ours = forest.opened(forest.to_onnx([t.tree_ for t in model.estimators_], x.shape[1]))
    fresh = rows(2000, seed=4)[0]
    assert np.abs(ours(fresh) - model.predict_proba(fresh)[:, 1]).max() < 2e-6


def test_forest_decides_rows_that_sit_on_a_threshold_like_scikit_learn():
    x, up, weight = rows()
    model = RandomForestClassifier(1, n_jobs=1, random_state=1).fit(x, up, sample_weight=weight)
    tree = model.estimators_[0].tree_
    edges = np.tile(x[:1], (tree.node_count, 1))
    inner = tree.children_left != -1
    edges[inner, tree.feature[inner]] = tree.threshold[inner].astype(np.float32)
    ours = forest.opened(forest.to_onnx([tree], x.shape[1]))
    assert np.abs(ours(edges) - model.predict_proba(edges)[:, 1]).max() < 1e-6


@given(st.floats(-1e30, 1e30))
@settings(deadline=None, max_examples=200)
def test_rounding_down_keeps_every_comparison(threshold):
    down = forest.rounded_down(np.array([threshold]))[0]
    for x in (down, np.nextafter(down, np.float32(np.inf)), np.nextafter(down, np.float32(-np.inf))):
        assert (x <= down) == (float(x) <= threshold)


def test_forest_sums_are_exact_so_threads_and_trees_order_do_not_matter():
    x, up, _ = rows()
    trees = [t.tree_ for t in RandomForestClassifier(101, random_state=1).fit(x, up).estimators_]
    one = forest.opened(forest.to_onnx(trees, x.shape[1]))(x)
    assert np.array_equal(one, forest.opened(forest.to_onnx(trees[::-1], x.shape[1]))(x))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(forest.to_onnx(trees, x.shape[1]), options)
    assert np.array_equal(one, session.run(["probabilities"], {"features": x})[0][:, 1].astype(np.float64))


def test_a_pure_forest_says_one_and_no_more():
    x = np.linspace(-1, 1, 50, dtype=np.float32)[:, None]
    trees = RandomForestClassifier(37, bootstrap=False, random_state=1).fit(x, x[:, 0] > 0).estimators_
    p = forest.opened(forest.to_onnx([t.tree_ for t in trees], 1))(x)
    assert p.max() == 1
    assert p.min() == 0


def test_boosting_equals_lightgbm(artifacts):
    x = rows(500, seed=9)[0]
    booster = lightgbm.Booster(model_str=artifacts["lightgbm"].content.decode())
    ours = Predictor(artifacts["lightgbm"]).predict(x, NAMES, "s1")
    assert np.abs(ours - booster.predict(x)).max() < 1e-15 * 8


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_has_the_bits_of_its_rows(kind, artifacts):
    x = rows(200, seed=9)[0]
    predictor = Predictor(artifacts[kind])
    alone = np.concatenate([predictor.predict(x[i : i + 1], NAMES, "s1") for i in range(len(x))])
    assert np.array_equal(predictor.predict(x, NAMES, "s1"), alone)
    assert predictor.predict(x[:0], NAMES, "s1").shape == (0,)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_fit_gives_the_same_bytes_and_another_seed_others(kind, artifacts):
    assert fitted(kind) == artifacts[kind]
    assert fitted(kind, seed=6).content != artifacts[kind].content


@pytest.mark.parametrize("kind", KINDS)
def test_files_read_back(kind, artifacts):
    assert Artifact.from_files(artifacts[kind].files()) == artifacts[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_importance_is_a_share_and_finds_the_two_columns_that_matter(kind, artifacts):
    importance = np.array(artifacts[kind].card.importance)
    assert importance.sum() == pytest.approx(1)
    assert set(np.argsort(importance)[-2:]) == {0, 3}


@pytest.mark.parametrize("kind", KINDS)
def test_a_tree_draws_the_mean_weight_unless_a_share_is_given(kind):
    weight = rows()[2]
    share = round(weight.mean() * weight.size) / weight.size
    assert fitted(kind, max_samples=share) == fitted(kind)
    assert fitted(kind, max_samples=1.0).content != fitted(kind).content


@pytest.mark.parametrize(
    ("mean", "n", "choice", "n_drawn"),
    [
        (0.5, 1000, "uniqueness", 500),
        (0.05, 1000, "uniqueness", 200),
        (0.05, 150, "uniqueness", 150),
        (0.5, 1000, 0.3, 300),
        (0.5, 1000, 0.001, 200),
        (0.5, 150, 0.001, 150),
    ],
)
def test_draws(mean, n, choice, n_drawn):
    assert drawn(ModelParams(min_samples_leaf=20, max_samples=choice), np.full(n, mean)) == n_drawn


def test_changed_bytes_are_refused(artifacts):
    files = artifacts["rf_cpu"].files()
    with pytest.raises(DataError, match=r"model\.onnx has the SHA-256"):
        Artifact.from_files({**files, "model.onnx": files["model.onnx"][:-1]})
    with pytest.raises(DataError, match=r"a model has a model\.json"):
        Artifact.from_files({})


@pytest.mark.parametrize(
    ("names", "schema", "message"),
    [
        (NAMES[::-1], "s1", "column 0 of the model is f0; found f7"),
        (NAMES[:-1], "s1", "needs 8 columns; found 7"),
        (NAMES, "s2", "schema is s1; found s2"),
    ],
)
def test_features_of_another_schema_are_refused_in_one_line(names, schema, message, artifacts):
    with pytest.raises(DataError, match=message) as error:
        Predictor(artifacts["rf_cpu"]).predict(rows(5)[0], names, schema)
    assert "\n" not in str(error.value)


def test_too_few_rows_and_one_class_are_refused():
    x, up, weight = rows(50)
    with pytest.raises(FitError, match="base model: needs 100 training rows or more that weigh something; found 50"):
        fit(x, NAMES, "s1", up, weight, ModelParams(), 1, "base model")
    x, up, weight = rows()
    with pytest.raises(FitError, match="two classes; found 900 rows, all of the second"):
        fit(x, NAMES, "s1", up | True, weight, ModelParams(), 1, "base model")


def test_rows_that_weigh_nothing_are_no_rows():
    x, up, weight = rows()
    few, one_class = np.where(np.arange(900) < 800, 0.0, weight)[::-1], np.where(up, weight, 0.0)
    few[np.flatnonzero(few)[0]] = 0.0
    with pytest.raises(FitError, match="needs 100 training rows or more that weigh something; found 99"):
        fit(x, NAMES, "s1", up, few, ModelParams(), 1, "base model")
    with pytest.raises(FitError, match=f"two classes; found {up.sum()} rows, all of the second"):
        fit(x, NAMES, "s1", up, one_class, ModelParams(), 1, "base model")


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_is_that_of_the_rows_that_weigh_something(kind):
    x, up, weight = rows()
    some = np.arange(900) % 3 > 0
    params = ModelParams(type=kind, n_estimators=10)
    among_others = fit(x, NAMES, "s1", up, np.where(some, weight, 0.0), params, 1, "base model")
    assert among_others == fit(x[some], NAMES, "s1", up[some], weight[some], params, 1, "base model")


class NoOpenMP:
    """An import system on which LightGBM finds no OpenMP runtime."""

    def find_spec(self, name, path, target=None):
        if name == "lightgbm":
            raise OSError("libgomp.so.1: cannot open shared object file")


def test_a_library_that_cannot_load_is_one_line(monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "lightgbm"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "assay.learn.models.boosting", raising=False)
    monkeypatch.delattr("assay.learn.models.boosting", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoOpenMP(), *sys.meta_path])
    with pytest.raises(FitError, match=r"lightgbm must load; found libgomp\.so\.1.*; install .*libgomp1"):
        fitted("lightgbm")


def test_the_smallest_share_of_rows_still_fits(capfd):
    assert np.array(fitted("lightgbm", max_samples=0.001).card.importance).sum() == pytest.approx(1)
    assert "Fatal" not in "".join(capfd.readouterr())


def test_what_lightgbm_refuses_is_one_line():
    x, up, weight = rows()
    with pytest.raises(FitError, match="lightgbm: must be able to fit; found Check failed") as error:
        boosting.fit(x, up, weight, 0, ModelParams(type="lightgbm"), 1)
    assert "\n" not in str(error.value)
