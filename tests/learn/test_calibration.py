"""Calibration against published vectors, other software and laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.isotonic import IsotonicRegression

from assay.errors import FitError
from assay.learn import logistic as compiled
from assay.learn.calibration import fit, from_json, log_odds
from assay.learn.logistic import cross_entropy

Y = np.array([0, 0, 1, 1, 0, 1, 1, 0, 1, 1], dtype=bool)
P = np.array([0.1, 0.3, 0.35, 0.8, 0.45, 0.6, 0.9, 0.2, 0.55, 0.7])
ISOTONIC_OF_SCIKIT_LEARN = [0, 0, 0, 0.5, 0.5, 1, 1, 1, 1, 1]
ONES = np.ones(10)
METHODS = ["platt", "isotonic", "none"]

scores = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=10, max_size=60)


def fitted(p, win, weight, method):
    """Fit at a base rate of one half, with every row counted enough for any method."""
    return fit(p, win, weight * (11 if method == "isotonic" else 1), 0.5, method)


def test_isotonic_is_that_of_scikit_learn():
    """By hand too: the neighbours .35 and .45 are the only ones out of order, and pool to one half."""
    assert fitted(P, Y, ONES, "isotonic").apply(np.sort(P)).tolist() == ISOTONIC_OF_SCIKIT_LEARN
    assert IsotonicRegression().fit(P, Y).predict(np.sort(P)).tolist() == ISOTONIC_OF_SCIKIT_LEARN


def clogg(p, win, weight, base_rate):
    """Return slope and intercept of a general minimiser, with Clogg and others' (1991) two events in the sum."""
    score = np.append(np.log(p / (1 - p)), [-1, 1])
    target, weight = np.append(win, [base_rate, base_rate]), np.append(weight, [1, 1])

    def loss(ab):
        z = ab[0] * score + ab[1]
        return np.sum(weight * (np.logaddexp(0, z) - target * z))

    return minimize(loss, [0, 0], method="BFGS", options={"gtol": 1e-9}).x


@pytest.mark.parametrize("base_rate", [0.2, 0.5, 0.9])
def test_platt_equals_a_general_minimiser(base_rate):
    weight = np.linspace(0.1, 1.0, 10)
    curve = fit(P, Y, weight, base_rate, "platt")
    assert [curve.slope, curve.intercept] == pytest.approx(clogg(P, Y, weight, base_rate), abs=1e-6)


def test_rows_that_overlap_leave_the_base_rate():
    curve = fit(np.repeat(P, 100), np.repeat(Y, 100), np.full(1000, 0.002), 0.3, "platt")
    everything = fit(np.repeat(P, 100), np.repeat(Y, 100), np.full(1000, 1.0), 0.3, "platt")
    assert curve.slope < 0.7 * everything.slope
    assert np.abs(curve.apply(P) - 0.3).max() < np.abs(everything.apply(P) - 0.3).max()


def test_platt_finds_the_curve_that_made_the_outcomes():
    rng = np.random.default_rng(0)
    p = rng.uniform(0.02, 0.98, 40_000)
    win = rng.random(p.size) < 1 / (1 + np.exp(-(0.6 * np.log(p / (1 - p)) - 0.3)))
    curve = fitted(p, win, np.ones(p.size), "platt")
    assert curve.slope == pytest.approx(0.6, abs=0.03)
    assert curve.intercept == pytest.approx(-0.3, abs=0.04)


def test_platt_leaves_a_right_model_alone():
    rng = np.random.default_rng(1)
    p = rng.uniform(0.02, 0.98, 40_000)
    assert np.abs(fitted(p, rng.random(p.size) < p, np.ones(p.size), "platt").apply(p) - p).max() < 0.02


def test_a_model_that_is_wrong_way_round_is_not_turned_round():
    curve = fitted(P, ~Y, ONES, "platt")
    assert curve.floored
    assert curve.apply(P) == pytest.approx(np.full(10, (4 + 2 * 0.5) / 12))


def test_one_outcome_only_stays_short_of_certainty():
    said = fitted(P, Y | True, ONES, "platt").apply(P)
    assert said.min() > 0.5
    assert said.max() < 1.0


def test_a_score_of_zero_or_one_stays_finite():
    assert np.all(np.isfinite(log_odds(np.array([0.0, 1.0]))))
    assert np.all(
        np.isfinite(fitted(np.array([0.0, 1.0] * 6), np.array([False, True] * 6), np.ones(12), "platt").apply(P))
    )


@given(scores, st.sampled_from(METHODS))
@settings(deadline=None, max_examples=150)
def test_calibrated_probabilities_are_probabilities_and_never_fall(pairs, method):
    p, win = np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])
    said = fitted(p, win, np.ones(p.size), method).apply(np.linspace(0, 1, 101))
    assert said.min() >= 0
    assert said.max() <= 1
    assert np.all(np.diff(said) >= -1e-15)


@pytest.mark.parametrize("method", METHODS)
def test_text_reads_back_to_the_same_bits(method):
    curve = fitted(P, Y, ONES, method)
    assert from_json(curve.to_json()) == curve


@pytest.mark.parametrize(("method", "needs"), [("platt", 1), ("isotonic", 100)])
def test_rows_worth_too_few_events_are_refused(method, needs):
    p, win = np.resize(P, 500), np.resize(Y, 500)
    enough, rule = needs / 500, f"{method} needs rows worth {needs} or more events"
    assert fit(p, win, np.full(500, enough * 1.001), 0.5, method)
    with pytest.raises(FitError, match=f"calibration: {rule} that do not overlap; found 500 rows worth"):
        fit(p, win, np.full(500, enough * 0.9), 0.5, method)


@pytest.mark.parametrize("method", ["platt", "isotonic"])
def test_an_event_repeated_k_times_at_weight_one_kth_counts_once(method):
    once, thrice = fitted(P, Y, ONES, method), fitted(np.repeat(P, 3), np.repeat(Y, 3), np.full(30, 1 / 3), method)
    assert thrice.apply(P) == pytest.approx(once.apply(P), abs=1e-9)


def test_a_rows_value_does_not_depend_on_the_others():
    curve = fitted(P, Y, ONES, "platt")
    assert [float(curve.apply(P[i : i + 1])[0]) for i in range(10)] == curve.apply(P).tolist()


def test_cross_entropy_does_not_overflow():
    assert cross_entropy(np.array([1e3]), np.array([0.0]), np.array([1.0]), 5.0, 0.0) == pytest.approx(5e3)


def test_the_regression_as_plain_python_gives_the_same_bits(monkeypatch):
    rng = np.random.default_rng(0)
    score, weight = rng.normal(0, 2, 1001), rng.random(1001)
    given = score, np.where(rng.random(1001) * 2 < 1 + np.tanh(score), 0.999, 0.001), weight
    expected = compiled.logistic(*given)
    for name in ("cross_entropy", "_derivatives", "_counted"):
        monkeypatch.setattr(compiled, name, getattr(compiled, name).py_func)
    assert compiled.logistic.py_func(*given) == expected
