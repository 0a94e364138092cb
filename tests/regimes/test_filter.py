"""The forward filter, against published vectors, hmmlearn, and the sum over all paths."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from assay.errors import DataError
from assay.regimes.chain import Chain
from assay.regimes.hmm import Hmm

UMBRELLA = np.array([[0.9, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.2], [0.9, 0.2]])
"""P(umbrella seen or not | rain, no rain), from Wikipedia's forward-backward article, as in hmmlearn's tests."""
GAUSSIAN_X = np.array([0, 3, 1.5, 0, 3.0])[:, None]


def random_model(seed, k, d):
    rng = np.random.default_rng(seed)
    chain = Chain(
        rng.dirichlet(np.ones(k)),
        rng.dirichlet(np.ones(k), size=k),
        rng.normal(0, 2, (k, d)),
        rng.uniform(0.2, 3, (k, d)),
    )
    return Hmm(chain, np.zeros(d), np.ones(d))


def over_all_paths(model, x):
    """P(last state | all observations) and log p(observations), by summing over every path of states."""
    chain, totals = model.chain, np.zeros(model.n_states)
    for path in itertools.product(range(model.n_states), repeat=len(x)):
        p = chain.start[path[0]] * math.prod(chain.transition[i, j] for i, j in itertools.pairwise(path))
        for row, state in zip(x, path, strict=True):
            if not np.isnan(row).any():
                p *= norm.pdf(row, chain.means[state], np.sqrt(chain.variances[state])).prod()
        totals[path[-1]] += p
    return totals / totals.sum(), math.log(totals.sum())


@pytest.fixture
def umbrella(make):
    """Only the ratio of two likelihoods matters, so each is met by a point between two Gaussians at -1 and 1."""
    x = np.log(UMBRELLA[:, 0] / UMBRELLA[:, 1]) / 2
    return make([0.5, 0.5], [[0.7, 0.3], [0.3, 0.7]], [1, -1], [1, 1]), x[:, None]


def test_umbrella_world_of_wikipedia(umbrella, smooth):
    model, x = umbrella
    assert model.filter(x)[:, 0] == pytest.approx([0.8182, 0.8834, 0.1907, 0.7308, 0.8673], abs=5e-5)
    scale = np.log(UMBRELLA[:, 0]).sum() - norm.logpdf(x, 1).sum()
    assert model.log_likelihood(x) + scale == pytest.approx(-3.3725, abs=5e-5)
    assert smooth(model, x)[:, 0] == pytest.approx([0.8673, 0.8204, 0.3075, 0.8204, 0.8673], abs=5e-5)


def test_umbrella_world_of_wikipedia_its_likeliest_path_follows_from_the_filter(umbrella, hmmlearn_of):
    """P(path | x) is P(last state | x) times, backwards, P(state | next state, x so far): filter and transition."""
    model, x = umbrella
    filtered, ahead = model.filter(x), model.filter(x) @ model.chain.transition

    def probability(path):
        back = (
            filtered[t, i] * model.chain.transition[i, j] / ahead[t, j]
            for t, (i, j) in enumerate(itertools.pairwise(path))
        )
        return filtered[-1, path[-1]] * math.prod(back)

    paths = {path: probability(path) for path in itertools.product((0, 1), repeat=5)}
    assert sum(paths.values()) == pytest.approx(1)
    assert max(paths, key=paths.__getitem__) == (0, 0, 1, 0, 0) == tuple(hmmlearn_of(model).predict(x))


def test_gaussian_vector_of_hmmlearn(gaussian, smooth):
    expected = [0.00552382, 0.91253749, 0.73877624, 0.01759206, 0.91928597]
    assert gaussian.filter(GAUSSIAN_X)[:, 1] == pytest.approx(expected, abs=5e-9)
    assert gaussian.log_likelihood(GAUSSIAN_X) == pytest.approx(-11.33738061, abs=5e-9)
    expected = [0.03550197, 0.82950817, 0.45197151, 0.11551173, 0.91928597]
    assert smooth(gaussian, GAUSSIAN_X)[:, 1] == pytest.approx(expected, abs=5e-9)


@pytest.mark.parametrize("seed", range(5))
def test_hmmlearn_scores_the_same_and_its_last_rows_are_the_filter(hmmlearn_of, seed):
    model = random_model(seed, k=2 + seed % 3, d=1 + seed % 2)
    x = np.random.default_rng(seed + 100).normal(0, 2, (60, 1 + seed % 2))
    oracle = hmmlearn_of(model)
    assert model.log_likelihood(x) == pytest.approx(oracle.score(x), rel=1e-8)
    last_rows = np.array([oracle.predict_proba(x[: t + 1])[-1] for t in range(len(x))])
    assert model.filter(x) == pytest.approx(last_rows, abs=1e-9)


def test_known_bad_smoothed_and_viterbi_states_change_with_the_future(bull_and_bear, market, hmmlearn_of):
    x = market(600, np.random.default_rng(0))[1][:, None]
    oracle, whole = hmmlearn_of(bull_and_bear), bull_and_bear.filter(x)
    cuts = range(50, 600, 50)
    assert all(np.array_equal(bull_and_bear.filter(x[:t]), whole[:t]) for t in cuts)
    assert not all(np.allclose(oracle.predict_proba(x[:t]), oracle.predict_proba(x)[:t], atol=1e-2) for t in cuts)
    assert not all(np.array_equal(oracle.predict(x[:t]), oracle.predict(x)[:t]) for t in cuts)
    assert np.abs(whole - oracle.predict_proba(x)).max() > 0.3


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 10**6),
    st.integers(2, 3),
    st.lists(st.one_of(st.floats(-5, 5), st.just(math.nan)), min_size=1, max_size=6),
)
def test_filter_equals_the_sum_over_all_paths(seed, k, values):
    model, x = random_model(seed, k, 1), np.array(values)[:, None]
    first = int(np.argmin(np.isnan(x[:, 0])))
    if np.isnan(x).all():
        assert np.isnan(model.filter(x)).all()
        return
    expected, log_likelihood = over_all_paths(model, x[first:])
    assert model.filter(x)[-1] == pytest.approx(expected, abs=1e-9)
    assert model.log_likelihood(x) == pytest.approx(log_likelihood, rel=1e-9, abs=1e-9)
    assert np.isnan(model.filter(x)[:first]).all()


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.integers(0, 40))
def test_online_equals_offline_and_no_prefix_knows_its_future_bit_for_bit(seed, cut):
    model, rng = random_model(seed, 3, 2), np.random.default_rng(seed)
    x = rng.normal(0, 3, (40, 2))
    x[rng.random(40) < 0.2, 0] = np.nan
    whole, p = model.filter(x), model.unobserved
    for t in range(40):
        p = model.step(p, x[t])
        assert np.array_equal(p, whole[t], equal_nan=True)
    assert np.array_equal(model.filter(x[:cut]), whole[:cut], equal_nan=True)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.floats(-1e30, 1e30))
def test_probabilities_stay_probabilities_after_any_shock(seed, shock):
    model = random_model(seed, 3, 1)
    p = model.filter(np.array([0.0, shock, 0.0])[:, None])
    assert p.sum(axis=1) == pytest.approx(1)
    assert ((p >= 0) & (p <= 1)).all()


def test_a_state_that_cannot_be_reached_does_not_break_the_scale(make):
    model = make([1, 0], [[1, 0], [0, 1]], [0, 100], [1, 1])
    assert model.filter(np.array([100.0, 100.0])[:, None]).tolist() == [[1, 0], [1, 0]]
    assert model.log_likelihood(np.array([100.0])[:, None]) == pytest.approx(norm.logpdf(100))


def test_units_change_the_likelihood_by_their_jacobian(gaussian):
    in_cents = Hmm(gaussian.chain, np.array([5.0]), np.array([100.0]))
    x = GAUSSIAN_X.copy()
    x[2] = np.nan
    assert in_cents.filter(5 + 100 * x) == pytest.approx(gaussian.filter(x), abs=1e-12, nan_ok=True)
    expected = gaussian.log_likelihood(x) - 4 * math.log(100)
    assert in_cents.log_likelihood(5 + 100 * x) == pytest.approx(expected)


def test_infinite_and_misshapen_observations_are_refused(gaussian):
    with pytest.raises(DataError, match=r"observations, row 1: must be finite or NaN; found \[inf\]"):
        gaussian.filter(np.array([0, math.inf])[:, None])
    with pytest.raises(DataError, match=r"need 1 columns; found \(3, 2\)"):
        gaussian.filter(np.zeros((3, 2)))


def test_there_is_no_smoother_and_no_viterbi_in_the_model():
    public = {name for name in dir(Hmm) if not name.startswith("_")}
    assert public == {
        "filter", "step", "unobserved", "log_likelihood", "n_states", "observations", "training", "to_json", "from_json"
    }  # fmt: skip
