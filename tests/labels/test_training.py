"""Weights in a training set: AFML 4.11, the oracle files, scikit-learn's balance, laws."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sklearn.utils.class_weight import compute_sample_weight

from assay.errors import DataError
from assay.labels.training import TrainingWeightParams, balanced, time_decay, training_weights, uniqueness


@pytest.mark.parametrize(
    ("oldest", "expected"),
    [
        (1.0, [1.0, 1.0, 1.0]),
        (0.5, [0.661290, 0.806452, 1.0]),
        (0.0, [0.322581, 0.612903, 1.0]),
        (-0.25, [0.096774, 0.483871, 1.0]),
    ],
)
def test_afml_4_11_time_decay_of_three_labels(oldest, expected):
    found = time_decay(np.array([5 / 6, 0.75, 1.0]), TrainingWeightParams(oldest=oldest))
    np.testing.assert_allclose(found, expected, atol=5.1e-7)


@pytest.mark.parametrize("oldest", ["1", "0.5", "-0.5"])
def test_mlfinpy_time_decay_of_the_dollar_bars(mlfinpy, oldest):
    unique = mlfinpy("avg_uniqueness_cusum0.005")["tW"]
    found = time_decay(unique, TrainingWeightParams(oldest=float(oldest)))
    np.testing.assert_allclose(found, mlfinpy(f"weight_decay{oldest}_cusum0.005")["weight"], rtol=1e-12, atol=1e-14)


def test_exponential_decay_halves_over_each_equal_stretch_of_uniqueness():
    found = time_decay(np.ones(4), TrainingWeightParams(decay="exponential", oldest=1 / 16))
    np.testing.assert_allclose(found, [1 / 8, 1 / 4, 1 / 2, 1.0], rtol=1e-14)


worths = st.lists(st.floats(0.01, 1.0), min_size=1, max_size=30).map(np.array)


@given(worths, st.floats(-0.9, 1.0), st.sampled_from(["linear", "exponential"]))
@settings(deadline=None, max_examples=150)
def test_law_decay_rises_to_one_at_the_newest_label(unique, oldest, decay):
    oldest = abs(oldest) + 0.05 if decay == "exponential" else oldest
    found = time_decay(unique, TrainingWeightParams(decay=decay, oldest=min(oldest, 1.0)))
    assert found[-1] == 1.0
    assert (np.diff(found) >= 0).all()
    assert found[0] >= max(min(oldest, 1.0), 0.0) - 1e-12


@given(st.lists(st.booleans(), min_size=2, max_size=40))
@settings(deadline=None, max_examples=100)
def test_scikit_learn_balance_of_equal_weights(up):
    up = np.array(up)
    found = balanced(np.ones(up.size), up)
    expected = compute_sample_weight("balanced", up) if 0 < up.sum() < up.size else np.ones(up.size)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_finmlkit_balance_of_unequal_weights():
    """finmlkit 0.1.11, class_balance_weights of labels 1, -1, 1, 1, -1 weighing .5, 1, .25, .75, .5."""
    found = balanced(np.array([0.5, 1.0, 0.25, 0.75, 0.5]), np.array([True, False, True, True, False]))
    np.testing.assert_allclose(found, [0.5, 1.0, 0.25, 0.75, 0.5], rtol=1e-15)
    found = balanced(np.array([0.5, 1.0, 0.25, 0.25, 0.5]), np.array([True, False, True, True, False]))
    np.testing.assert_allclose(found, [0.625, 0.8333333333333334, 0.3125, 0.3125, 0.4166666666666667], rtol=1e-14)


def labels(spans, **more):
    starts, ends = np.array(spans).T
    return pl.DataFrame({"ordinal": starts, "end_ordinal": ends, **more})


def brute_force(spans):
    """AFML Snippets 4.1 and 4.2 off the indicator matrix."""
    bars = np.arange(max(end for _, end in spans) + 1)
    held = np.array([(start <= bars) & (bars <= end) for start, end in spans])
    return np.array([np.mean(1.0 / held.sum(axis=0)[row]) for row in held])


AFML_4_5_3 = [(0, 2), (2, 3), (4, 5)]
spans = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)), min_size=1, max_size=30).map(
    lambda drawn: [(start, start + length) for start, length in sorted(drawn)]
)


def test_afml_4_5_3_uniqueness_of_three_labels_wherever_they_begin():
    for first in (0, 7, 1_000_000):
        found = uniqueness(labels([(first + start, first + end) for start, end in AFML_4_5_3]))
        np.testing.assert_allclose(found, [5 / 6, 0.75, 1.0], rtol=1e-14)


@given(spans, st.data())
@settings(deadline=None, max_examples=100)
def test_law_training_weighs_by_the_uniqueness_among_the_labels_that_train(every, data):
    taken = data.draw(st.lists(st.sampled_from(every), min_size=1, max_size=len(every)).map(sorted))
    found = training_weights(labels(taken), np.ones(len(taken), bool), TrainingWeightParams())
    np.testing.assert_allclose(found, brute_force(taken), rtol=1e-12)


def test_own_weights_take_the_place_of_uniqueness_and_the_sum_stays_the_evidence():
    """AFML 4.10: the attributed return holds 1 / concurrency already; by hand .5 : 2.5 : 1 of 31 / 12."""
    table = labels(AFML_4_5_3, training_weight=[0.005, 0.025, 0.010])
    found = training_weights(table, np.array([True, False, True]), TrainingWeightParams())
    np.testing.assert_allclose(found, 31 / 12 * np.array([0.125, 0.625, 0.25]), rtol=1e-14)


@given(spans, st.data())
@settings(deadline=None, max_examples=100)
def test_law_any_product_keeps_the_sum_and_balances_what_it_weighs(every, data):
    up = np.array(data.draw(st.lists(st.booleans(), min_size=len(every), max_size=len(every))))
    params = TrainingWeightParams(oldest=data.draw(st.floats(0.1, 1.0)), balance=True)
    found = training_weights(labels(every), up, params)
    assert found.sum() == pytest.approx(brute_force(every).sum(), rel=1e-12)
    if 0 < up.sum() < up.size:
        assert found[up].sum() == pytest.approx(found[~up].sum(), rel=1e-9)


def test_labels_that_weigh_nothing_add_no_evidence():
    """Ten labels that do not overlap: of the newest two alone there is as much to tell as of two."""
    table = labels([(10 * i, 10 * i + 5) for i in range(10)])
    found = training_weights(table, np.arange(10) % 2 > 0, TrainingWeightParams(oldest=-0.8))
    assert np.flatnonzero(found).tolist() == [8, 9]
    assert found.sum() == pytest.approx(2.0, rel=1e-12)


def test_weights_of_nothing_but_zeros_are_refused():
    table = labels([(0, 1), (1, 2)], training_weight=[0.0, 0.0])
    with pytest.raises(DataError, match=r"one label at least must weigh something; found 0\.0; raise models\.weights"):
        training_weights(table, np.array([True, False]), TrainingWeightParams())


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"oldest": -1.0}, r"oldest\s+Input should be greater than -1"),
        ({"oldest": 1.1}, r"oldest\s+Input should be less than or equal to 1"),
        ({"decay": "exponential", "oldest": 0.0}, "oldest must be above 0 where decay is exponential"),
    ],
)
def test_impossible_parameters_are_refused(wrong, why):
    with pytest.raises(ValidationError, match=why):
        TrainingWeightParams.model_validate(wrong)
