"""Outliers against brute force, and whatever way the stream is cut."""

import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.sources.rules.outliers import Spikes


def by_definition(prices, k):
    """Return the outliers by plain lists and the statistics module."""
    found = []
    for i in range(1, len(prices) - 1):
        begin = i // 1024 * 1024 if i >= 1024 else next((b for b in (512, 256, 128, 64, 32, 16) if b <= i), None)
        if begin is None:
            continue
        moves = [abs(prices[j] - prices[j - 1]) for j in range(max(begin - 1024, 1), begin)]
        moves = [move for move in moves if move]
        to, back = prices[i] - prices[i - 1], prices[i + 1] - prices[i]
        if len(moves) >= 8 and to * back < 0 and min(abs(to), abs(back)) / k > statistics.median(moves):
            found.append(i)
    return found


def judged(prices, k, cuts=()):
    spikes = Spikes(k)
    parts = np.split(np.array(prices), sorted(cuts))
    return np.flatnonzero(np.concatenate([spikes.judge(part) for part in parts if part.size])).tolist()


def walk(seed, n, step=0.01, still=0.5):
    """Return a random walk on ticks that mostly stands still, with spikes in some of its rows."""
    rng = np.random.default_rng(seed)
    prices = 100.0 + step * np.cumsum(rng.integers(-3, 4, n) * (rng.random(n) > still))
    rows = rng.random(n) < 0.01
    return prices + np.where(rows, step * rng.integers(-60, 60, n), 0.0)


@pytest.mark.parametrize("k", [2.0, 10.0, 50.0])
@pytest.mark.parametrize("still", [0.0, 0.5, 0.99, 1.0])
def test_equal_to_the_definition_over_several_blocks(k, still):
    prices = walk(3, 4_000, still=still)
    assert judged(prices, k) == by_definition(prices.tolist(), k)


@settings(deadline=None, max_examples=80)
@given(st.integers(0, 10**6), st.lists(st.integers(0, 2_600), max_size=8), st.floats(1.1, 60))
def test_the_cut_of_the_stream_does_not_matter(seed, cuts, k):
    prices = walk(seed, 2_600)
    assert judged(prices, k, cuts) == judged(prices, k)


def test_one_row_at_a_time():
    prices = walk(1, 2_200)
    assert judged(prices, 5.0, range(1, 2_200)) == judged(prices, 5.0) == by_definition(prices.tolist(), 5.0)


def test_a_spike_that_comes_back_is_found_and_a_level_that_stays_is_not():
    prices = 100.0 + 0.01 * (np.arange(60) % 2)
    prices[30] = 110.0
    assert judged(prices, 50.0) == [30]
    prices[30:] += 10.0
    prices[30] = 110.0
    assert judged(prices, 50.0) == []


def test_nothing_is_far_where_too_few_moves_are_known():
    prices = np.full(40, 100.0)
    prices[20] = 200.0
    assert judged(prices, 50.0) == []
