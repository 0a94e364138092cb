"""Which events train next to a cut in time: a matter of when they were decided, never of how they ended."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.learn.base import inner_folds
from assay.learn.rows import Rows, before_holdout
from assay.learn.timeline import three
from assay.learn.walkforward import folds
from assay.splits.params import WalkForwardParams

N, HORIZON, STOP, PROFIT = 200, 30, 2, 8
HALF = N // 2
CUTS = {
    "walk-forward": lambda rows: next(folds(rows, WalkForwardParams(n_splits=1), 0)).train.events,
    "inner fold": lambda rows: list(inner_folds(rows, 2, 0))[1].train.events,
    "meta model": lambda rows: rows.events[three(*rows.reach, 0.25, 0.25).fit],
}
"""The training events before a cut at event ``HALF``."""


def rows_of(ends, latest=None, **columns):
    """Return a bar and an event each, which ends in that bar and could have lasted to that one."""
    at = np.arange(ends.size)
    latest = at + HORIZON if latest is None else latest
    events = pl.DataFrame({"ordinal": at, "end_ordinal": ends, "latest_ordinal": latest, **columns})
    return Rows(events.select("ordinal"), events, "s1")


def traded(rng):
    """Return ends and results of long trades, decided at every bar of a random walk, with a near stop: brute force."""
    path = np.cumsum(rng.choice([-1, 1], N + HORIZON + 1))
    moves = np.lib.stride_tricks.sliding_window_view(path, HORIZON + 1)[:N] - path[:N, None]
    left = (moves <= -STOP) | (moves >= PROFIT)
    held = np.where(left.any(axis=1), left.argmax(axis=1), HORIZON)
    return np.arange(N) + held, moves[np.arange(N), held]


def chance_of_a_gain():
    """Return the chance that such a trade earns something: the distribution of the walk, step by step, exact."""
    here, gained = np.zeros(STOP + PROFIT + 1), 0.0
    here[STOP] = 1.0
    for _ in range(HORIZON):
        here = 0.5 * (np.append(0.0, here[:-1]) + np.append(here[1:], 0.0))
        gained, here[[0, -1]] = gained + here[-1], 0.0
    return gained + here[STOP + 1 :].sum()


@pytest.mark.parametrize("cut", CUTS)
def test_an_event_that_could_have_reached_the_cut_does_not_train_though_it_was_over_before(cut):
    """By hand: every event is over one bar after it, and all but the last 30 before the cut train."""
    soon = rows_of(np.arange(N) + 1)
    assert CUTS[cut](soon)["ordinal"].to_list() == list(range(HALF - HORIZON))
    by_ends = rows_of(np.arange(N) + 1, np.arange(N) + 1)
    assert CUTS[cut](by_ends)["ordinal"].to_list() == list(range(HALF - 1))


@given(st.lists(st.integers(1, HORIZON), min_size=N, max_size=N), st.integers(0, 5))
@settings(deadline=None, max_examples=25)
def test_law_how_events_ended_has_no_say_in_what_trains(held, embargo):
    rows = rows_of(np.arange(N) + held)
    assert all(cut(rows)["ordinal"].to_list() == list(range(HALF - HORIZON)) for cut in CUTS.values())
    (walk,) = folds(rows, WalkForwardParams(n_splits=1), embargo)
    assert (walk.train.events.height, walk.n_purged) == (HALF - HORIZON - embargo, HORIZON + embargo)
    after = next(inner_folds(rows, 2, embargo))
    assert after.train.events["ordinal"].to_list() == list(range(HALF + HORIZON + embargo, N))
    assert after.train.features["ordinal"].to_list() == list(range(HALF + HORIZON + embargo, N))
    assert after.n_purged == HORIZON + embargo


def test_a_fold_is_cut_as_the_sealed_hold_out_is(small):
    """One rule for both: what trains before a fold is what the final model would learn, were all after it sealed."""
    varied = small.labels.with_columns(latest_ordinal=pl.col("end_ordinal") + pl.col("ordinal") * 7 % 11)
    rows = before_holdout(small.features, varied, "s1", 0.0)[0]
    (fold,) = folds(rows, WalkForwardParams(n_splits=1), 0)
    sealed = 1.0 - fold.test.events["ordinal"].min() / small.features.height
    final = before_holdout(small.features, varied, "s1", sealed)[0]
    assert fold.train.events.equals(final.events)
    assert fold.train.features.equals(final.features)


@pytest.fixture(scope="module")
def walks():
    rng = np.random.default_rng(5)
    return [traded(rng) for _ in range(300)]


def z_value(gains, exact):
    """Return how many standard errors the mean share of the walks lies from the exact chance."""
    shares = np.array([gain.mean() for gain in gains if gain.size])
    return (shares.mean() - exact) / (shares.std(ddof=1) / math.sqrt(shares.size))


@pytest.mark.parametrize("cut", CUTS)
def test_gains_are_as_frequent_close_before_a_cut_as_they_are_by_theory(cut, walks):
    """The last events that train; by real ends they are those that were soon over, and those were mostly stopped."""
    exact, near = chance_of_a_gain(), pl.col("ordinal") >= HALF - 10
    kept = [CUTS[cut](rows_of(ends, gain=result > 0))["gain"][-10:].to_numpy() for ends, result in walks]
    assert abs(z_value(kept, exact)) < 4
    by_ends = [CUTS[cut](rows_of(ends, ends, gain=result > 0)) for ends, result in walks]
    assert z_value([events.filter(near)["gain"].to_numpy() for events in by_ends], exact) < -10
