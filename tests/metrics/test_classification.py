"""Metrics of probabilities, against scikit-learn, hand-worked vectors and brute force."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata
from sklearn import metrics as sklearn_metrics

from assay.metrics import classification as ours

Y = np.array([0, 0, 1, 1, 0, 1, 1, 0, 1, 1], dtype=bool)
P = np.array([0.1, 0.3, 0.35, 0.8, 0.45, 0.6, 0.9, 0.2, 0.55, 0.7])

events = st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=2, max_size=60).filter(
    lambda rows: len({happened for happened, _ in rows}) == 2
)


def arrays(rows):
    return np.array([happened for happened, _ in rows]), np.array([p / 20 for _, p in rows])


def test_hand_worked_vector():
    assert ours.brier(Y, P) == pytest.approx(0.12675, abs=1e-12)
    assert ours.log_loss(Y, P) == pytest.approx(0.412668, abs=1e-6)
    assert ours.auc(Y, P) == pytest.approx(0.958333, abs=1e-6)


def test_brier_of_scikit_learn_s_documentation():
    assert ours.brier(np.array([0, 1, 1, 0], dtype=bool), np.array([0.1, 0.9, 0.8, 0.3])) == pytest.approx(0.0375)


def test_values_on_an_edge_belong_to_the_bin_below():
    assert ours.ece(Y, P, 5) == pytest.approx(0.165, abs=1e-12)
    assert ours.ece(Y, P, 5) != pytest.approx(0.125, abs=1e-3), "netcal puts .2 and .6 into the bin above"
    table = ours.calibration_table(np.array([True, False, True]), np.array([0.0, 0.2, 1.0]), ours.equal_widths(5))
    assert table.rows() == [(0.0, 0.2, 2, 0.1, 0.5), (1.0, 1.0, 1, 1.0, 1.0)]


def test_a_perfect_forecaster_does_not_score_zero():
    """500 events, 10 bins: mean .0445, 95th percentile .0639."""
    rng = np.random.default_rng(0)
    scores = []
    for _ in range(300):
        p = rng.random(500)
        scores.append(ours.ece(rng.random(500) < p, p))
    assert np.mean(scores) == pytest.approx(0.0445, abs=3e-3)
    assert np.quantile(scores, 0.95) == pytest.approx(0.0639, abs=4e-3)


@settings(deadline=None, max_examples=60)
@given(events)
def test_auc_is_the_share_of_ordered_pairs(rows):
    happened, p = arrays(rows)
    pairs = [(a > b) + (a == b) / 2 for a in p[happened] for b in p[~happened]]
    assert ours.auc(happened, p) == pytest.approx(np.mean(pairs), abs=1e-12)


@settings(deadline=None, max_examples=60)
@given(events)
def test_scikit_learn_and_scipy_agree(rows):
    happened, p = arrays(rows)
    assert ours.auc(happened, p) == pytest.approx(sklearn_metrics.roc_auc_score(happened, p), abs=1e-12)
    assert ours.brier(happened, p) == pytest.approx(sklearn_metrics.brier_score_loss(happened, p), abs=1e-12)
    assert ours.midranks(p).tolist() == rankdata(p).tolist()
    inside = np.clip(p, 0.01, 0.99)
    assert ours.log_loss(happened, inside) == pytest.approx(sklearn_metrics.log_loss(happened, inside), rel=1e-12)
    said = p > 0.5
    matrix = ours.confusion(happened.astype(np.int64), said.astype(np.int64), [0, 1])
    assert matrix.tolist() == sklearn_metrics.confusion_matrix(happened, said, labels=[0, 1]).tolist()


@settings(deadline=None, max_examples=60)
@given(events, st.integers(1, 20), st.booleans())
def test_every_event_is_in_one_group_and_groups_rise(rows, n_groups, by_count):
    happened, p = arrays(rows)
    edges = ours.equal_counts(p, n_groups) if by_count else ours.equal_widths(n_groups)
    table = ours.calibration_table(happened, p, edges)
    assert table["n"].sum() == p.size
    assert (table["mean_p"] * table["n"]).sum() == pytest.approx(p.sum())
    assert (table["rate"] * table["n"]).sum() == pytest.approx(happened.sum())
    assert (table["low"][1:].to_numpy() > table["high"][:-1].to_numpy()).all()
    assert table.height <= n_groups


def test_groups_of_equal_counts_are_equal_without_ties():
    p = np.arange(1000) / 1000
    assert ours.calibration_table(p > 0.5, p, ours.equal_counts(p, 10))["n"].to_list() == [100] * 10


def test_certainty_that_was_wrong_costs_a_finite_amount():
    assert ours.log_loss(np.array([True]), np.array([0.0])) == pytest.approx(-math.log(1e-15))


def test_what_does_not_exist_is_nan():
    none, empty = np.array([], dtype=bool), np.array([])
    for metric in (ours.auc, ours.brier, ours.log_loss, ours.ece):
        assert math.isnan(metric(none, empty))
    assert math.isnan(ours.auc(np.array([True, True]), np.array([0.1, 0.2])))
    assert ours.calibration_table(none, empty, ours.equal_counts(empty, 10)).height == 0
