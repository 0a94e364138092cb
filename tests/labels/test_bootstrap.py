"""The sequential bootstrap: AFML 4.5, exact laws of three draws, brute force with the same random numbers."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import DataError
from assay.labels.bootstrap import next_chances, sequential_bootstrap
from assay.labels.weights import average_uniqueness, concurrency

STARTS, ENDS = np.array([0, 2, 4]), np.array([2, 3, 5])
"""AFML 4.5.3: labels over bars {0, 1, 2}, {2, 3}, {4, 5} of 6."""


def test_afml_4_5_3_chances_after_drawing_the_second_label():
    np.testing.assert_allclose(next_chances(STARTS, ENDS, np.array([], int)), [1 / 3] * 3, rtol=1e-15)
    found = next_chances(STARTS, ENDS, np.array([1]))
    np.testing.assert_allclose(found, [0.35714286, 0.21428571, 0.42857143], atol=5e-9)


def test_chances_after_drawing_the_second_and_the_third_label():
    np.testing.assert_allclose(next_chances(STARTS, ENDS, np.array([1, 2])), [0.454545, 0.272727, 0.272727], atol=5e-7)


def sampled_uniqueness(starts, ends, drawn, n_bars):
    count = concurrency(starts[drawn], ends[drawn], n_bars)
    return average_uniqueness(starts[drawn], ends[drawn], count).mean()


def test_exact_mean_uniqueness_and_distinct_labels_of_three_draws():
    """Over all 27 orders, each with its chance: .705640 against .641975, and 2.33670 distinct ones against 2.11111."""
    found = dict.fromkeys(("sequential", "distinct", "iid", "iid_distinct"), 0.0)
    for drawn in itertools.product(range(3), repeat=3):
        chance = np.prod([next_chances(STARTS, ENDS, np.array(drawn[:k], int))[drawn[k]] for k in range(3)])
        unique = sampled_uniqueness(STARTS, ENDS, np.array(drawn), 6)
        for name, weight in (("sequential", chance), ("iid", 1 / 27)):
            found[name] += weight * unique
        found["distinct"] += chance * len(set(drawn))
        found["iid_distinct"] += len(set(drawn)) / 27
    expected = {"sequential": 0.705640, "distinct": 2.33670, "iid": 0.641975, "iid_distinct": 2.11111}
    assert found == pytest.approx(expected, abs=5.1e-6)


def test_afml_4_5_4_sequential_draws_overlap_less_than_plain_ones():
    """10 labels on 100 bars, spans of 5 at most: mean uniqueness .6756 against .5921 in 3,000 runs, AFML .7 and .6."""
    rng, found = np.random.default_rng(45), np.empty((3000, 2))
    for run in range(3000):
        starts = np.sort(rng.integers(0, 100, 10))
        ends = starts + rng.integers(1, 5, 10)
        drawn = sequential_bootstrap(starts, ends, rng.random(10)), rng.integers(0, 10, 10)
        found[run] = [sampled_uniqueness(starts, ends, each, 105) for each in drawn]
    assert found.mean(axis=0) == pytest.approx([0.6756, 0.5921], abs=0.006)
    assert np.median(found, axis=0) == pytest.approx([0.68, 0.60], abs=0.011)


def brute_force(starts, ends, uniform):
    """Return the draws by AFML Snippet 4.5: an indicator matrix, all chances anew for every draw."""
    held = np.array([(starts <= bar) & (bar <= ends) for bar in range(ends.max() + 1)], dtype=float)
    count, drawn = np.zeros(held.shape[0]), []
    for u in uniform:
        chance = (held / (1 + count)[:, None]).sum(axis=0) / held.sum(axis=0)
        drawn.append(int(np.searchsorted(np.cumsum(chance / chance.sum()), u, side="right")))
        count += held[:, drawn[-1]]
    return drawn


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 25)), min_size=1, max_size=40)


@given(spans, st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=120)
def test_law_draws_what_brute_force_draws_of_the_same_numbers(events, seed):
    starts = np.sort([start for start, _ in events])
    ends = starts + np.array([length for _, length in events])
    uniform = np.random.default_rng(seed).random(2 * len(events))
    assert sequential_bootstrap(starts, ends, uniform).tolist() == brute_force(starts, ends, uniform)


def test_law_the_same_where_sums_have_levels_and_one_span_covers_all():
    rng = np.random.default_rng(6)
    starts = np.sort(rng.integers(0, 700, 600))
    ends = starts + rng.integers(0, 40, 600)
    ends[3] = 800
    uniform = rng.random(400)
    assert sequential_bootstrap(starts, ends, uniform).tolist() == brute_force(starts, ends, uniform)


def test_labels_that_do_not_overlap_are_drawn_evenly_until_they_repeat():
    starts = np.arange(0, 64, 2)
    drawn = sequential_bootstrap(starts, starts + 1, np.linspace(0, 0.999, 5))
    assert drawn[0] == 0
    chances = next_chances(starts, starts + 1, drawn[:1])
    np.testing.assert_allclose(chances, np.where(np.arange(32) == 0, 0.5, 1.0) / 31.5, rtol=1e-12)


@pytest.mark.parametrize("u", [0.0, np.nextafter(1.0, 0.0)])
def test_the_ends_of_the_unit_interval_draw_the_first_and_the_last_label(u):
    starts = np.arange(1000)
    drawn = sequential_bootstrap(starts, starts + 3, np.full(1, u))
    assert drawn.tolist() == [0 if u == 0 else 999]


@pytest.mark.parametrize(
    ("starts", "ends", "found"),
    [([], [], "needed"), ([3, 1], [4, 4], r"\[1, 4\] of label 1"), ([1], [0], r"\[1, 0\]"), ([-1], [0], r"\[-1, 0\]")],
)
def test_impossible_spans_are_refused(starts, ends, found):
    with pytest.raises(DataError, match=found):
        sequential_bootstrap(np.array(starts, int), np.array(ends, int), np.array([0.5]))


@pytest.mark.parametrize("u", [-0.1, 1.0, np.nan, np.inf])
def test_what_is_no_random_number_is_refused(u):
    with pytest.raises(DataError, match=r"uniform: random numbers must lie in \[0, 1\)"):
        sequential_bootstrap(np.array([0, 1]), np.array([1, 2]), np.array([0.5, u]))


def test_a_hundred_thousand_draws_repeat_less_than_plain_ones():
    """Of n plain draws from n labels ``1 - 1/e`` differ, 63,212 of 100,000, give or take 99 (Feller 1968, IV.2)."""
    rng = np.random.default_rng(1)
    starts = np.arange(100_000)
    ends, uniform = starts + rng.integers(1, 51, 100_000), rng.random(100_000)
    assert np.unique(sequential_bootstrap(starts, ends, uniform)).size > 63_212 + 3 * 99
