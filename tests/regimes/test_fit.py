"""The fit, against hmmlearn's from the same start, and its laws."""

import json

import numpy as np
import pytest
from hmmlearn.hmm import GaussianHMM
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import FitError
from assay.regimes.chain import Chain, log_constants
from assay.regimes.em import climb, expect, maximise
from assay.regimes.fit import fit, ordered, starts
from assay.regimes.hmm import Hmm


def hmmlearn_fit(chain, x, lengths, n_iterations):
    oracle = GaussianHMM(
        len(chain.start), "diag", n_iter=n_iterations, tol=-np.inf, init_params="", covars_prior=0.0, min_covar=0.0
    )
    oracle.startprob_, oracle.transmat_, oracle.means_ = chain.start, chain.transition, chain.means
    oracle.n_features, oracle.covars_ = x.shape[1], chain.variances
    return oracle.fit(x, lengths)


def permuted(chain, order):
    return Chain(chain.start[order], chain.transition[order][:, order], chain.means[order], chain.variances[order])


@pytest.fixture
def noise():
    return np.random.default_rng(5).standard_normal((900, 2))


@pytest.mark.filterwarnings("ignore:Setting the shape on a NumPy array:DeprecationWarning")
@pytest.mark.parametrize("lengths", [[1500], [400, 600, 500]])
def test_hmmlearn_climbs_to_the_same_place_from_the_same_start(market, lengths):
    returns = market(1500, np.random.default_rng(3))[1] * 100
    x = np.column_stack([returns, np.convolve(np.abs(returns), np.ones(5) / 5, mode="full")[:1500]])
    guess = next(starts((x - x.mean(axis=0)) / x.std(axis=0), 3))
    ours = climb(x, np.cumsum([0, *lengths]), guess, 30, -np.inf, 0.0)
    oracle = hmmlearn_fit(guess, x, lengths, 30)
    assert ours.n_iterations == 30
    assert ours.chain.means == pytest.approx(oracle.means_, abs=1e-6)
    assert ours.chain.variances == pytest.approx(oracle._covars_, abs=1e-6)
    assert ours.chain.transition == pytest.approx(oracle.transmat_, abs=1e-6)
    assert ours.chain.start == pytest.approx(oracle.startprob_, abs=1e-6)
    assert ours.log_likelihood == pytest.approx(oracle.score(x, lengths), rel=1e-8)


def test_truth_market_is_recovered_as_well_as_by_hmmlearn(market):
    """8,000 bars, 6 seeds: diagonal .9798 and .9502, deviations .693 and 1.795 %, means .056 and -.135 %."""
    found = []
    for seed in range(100, 106):
        model = fit([market(8000, np.random.default_rng(seed))[1][:, None] * 100], 2, tolerance=1e-8)
        units = model.scale * np.sqrt(model.chain.variances[:, 0])
        means = model.location + model.scale * model.chain.means[:, 0]
        found.append([*np.diagonal(model.chain.transition), *units, *means])
    expected = [0.9798, 0.9502, 0.693, 1.795, 0.056, -0.135]
    assert np.mean(found, axis=0) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("order", [[2, 0, 1], [1, 2, 0], [2, 1, 0]])
def test_permuting_the_states_of_the_start_changes_nothing(market, order):
    x = market(2000, np.random.default_rng(1))[1][:, None]
    x = (x - x.mean()) / x.std()
    guess, bounds = next(starts(x, 3)), np.array([0, 2000])
    plain = ordered(climb(x, bounds, guess, 100, 1e-9, 1e-3).chain)
    turned = ordered(climb(x, bounds, permuted(guess, order), 100, 1e-9, 1e-3).chain)
    for ours, theirs in zip(plain, turned, strict=True):
        assert ours == pytest.approx(theirs, abs=1e-6)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**6), st.integers(2, 4))
def test_states_are_ordered_and_every_step_gains(seed, k):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((700, 1)) * rng.choice([0.5, 2.0], (700, 1))
    x[rng.random(700) < 0.05] = np.nan
    bounds, chain = np.array([0, 300, 700]), next(starts(x, k))
    x[bounds[:-1]] = 0.0
    before = -np.inf
    for _ in range(5):
        smoothed, jumps, now = expect(x, bounds, chain, log_constants(chain.variances))
        assert now >= before - 1e-9 * abs(now)
        chain, before = maximise(x, bounds, smoothed, jumps, chain, 1e-3), now
    assert (np.diff(fit([x], k, n_iterations=5).chain.variances[:, 0]) >= 0).all()


def test_rows_before_the_first_observed_one_change_nothing(noise):
    warm_up = np.full((30, 2), np.nan)
    warm_up[10:, 0] = 1.0
    assert fit([np.vstack([warm_up, noise])], 2).to_json() == fit([noise], 2).to_json()


def test_a_hole_is_not_a_place_where_two_runs_meet(noise):
    holed = noise.copy()
    holed[400:410, 1] = np.nan
    model = fit([holed], 2)
    assert model.training.n_rows == 890
    assert model.training.n_sequences == 1
    assert model.location == pytest.approx(np.delete(noise, slice(400, 410), axis=0).mean(axis=0))


def test_no_jump_is_counted_between_two_sequences():
    quiet, wild = np.random.default_rng(0).standard_normal((2, 500, 1)) * np.array([1, 9])[:, None, None]
    model = fit([quiet, wild], 2)
    assert np.diagonal(model.chain.transition) == pytest.approx([1, 1], abs=1e-6)
    assert model.chain.start == pytest.approx([0.5, 0.5], abs=1e-3)


def test_variance_floor_keeps_a_state_out_of_a_single_price_step():
    """Most bars do not move: without a floor one state is that one value, with infinite likelihood."""
    rng = np.random.default_rng(2)
    x = np.round(rng.standard_normal(3000) * rng.choice([0.4, 1.5], 3000))[:, None]
    assert fit([x], 2, variance_floor=0.05).chain.variances.min() >= 0.05
    assert fit([x], 2, variance_floor=1e-6).chain.variances.min() < 1e-5


def test_the_same_rows_give_the_same_text_and_it_reads_back_bit_for_bit(noise):
    model = fit([noise], 3, observations=["a", "b"])
    again = Hmm.from_json(model.to_json())
    assert fit([noise], 3, observations=["a", "b"]).to_json() == model.to_json() == again.to_json()
    assert np.array_equal(again.filter(noise), model.filter(noise))
    assert again.training == model.training
    assert list(json.loads(model.to_json())) == sorted(json.loads(model.to_json()))


def test_training_log_likelihood_is_that_of_the_model(noise):
    model = fit([noise * 50 + 3], 2)
    assert model.training.log_likelihood == pytest.approx(model.log_likelihood(noise * 50 + 3))


def test_a_fit_that_runs_out_of_steps_says_so(noise):
    training = fit([noise], 3, n_iterations=1, tolerance=1e-12).training
    assert (training.n_iterations, training.converged) == (1, False)


def test_too_few_rows_are_refused_with_numbers():
    rule = r"hmm: 3 states have 20 parameters and need 200 observed training bars; found 199"
    with pytest.raises(FitError, match=rule):
        fit([np.random.default_rng(0).standard_normal((199, 2))], 3)
    with pytest.raises(FitError, match="found 0"):
        fit([np.full((500, 2), np.nan)], 3)
    with pytest.raises(FitError, match="found 0"):
        fit([], 2)


def test_an_observation_that_does_not_vary_is_refused_by_name(noise):
    noise[:, 1] = 0.1
    with pytest.raises(FitError, match=r"hmm, observation rv: must vary; found 0\.1 in all 900 training bars"):
        fit([noise], 2, observations=["r", "rv"])


def test_a_filter_starts_with_the_shares_of_training_time(market):
    """The likeliest start is certainty about one bar; the first bar met later may be any."""
    states, returns = market(6000, np.random.default_rng(0))
    start = fit([returns[:, None]], 2).chain.start
    assert start[1] == pytest.approx(states.mean(), abs=0.03)
    assert start.sum() == pytest.approx(1)
