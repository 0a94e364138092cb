"""The stationary bootstrap: its blocks, its draws, and what block copies are for."""

import numpy as np
import pytest

from assay.simulate.block_length import optimal
from assay.simulate.paths import simulate


def indices(n, length, seed, n_sims=1):
    """Return what each path draws: the steps of one whose profits are their own numbers."""
    own = np.arange(n, dtype=np.float64)
    return np.diff(simulate(own, n_sims, length, n + 1, np.random.default_rng(seed)).at).astype(np.int64)


def test_indices_are_those_of_ten_lines_of_numpy():
    rng, expected = np.random.default_rng(4), []
    for _ in range(15):
        at = -1
        for _ in range(20):
            at = (at + 1) % 20 if at >= 0 and rng.random() >= 1 / 3.5 else int(rng.random() * 20)
            expected.append(at)
    assert indices(20, 3.5, 4, 15).ravel().tolist() == expected


def test_blocks_are_geometric_in_length_and_uniform_in_start():
    n, length = 500_000, 5.0
    (drawn,) = indices(n, length, 5)
    starts = np.flatnonzero(np.diff(drawn, prepend=-2) != 1)
    lengths = np.diff(starts)
    for k in range(1, 8):
        share = (1 - 1 / length) ** (k - 1) / length
        assert (lengths == k).mean() == pytest.approx(share, abs=4 * np.sqrt(share / lengths.size))
    assert drawn[starts].mean() / n == pytest.approx(0.5, abs=4 * np.sqrt(1 / 12 / starts.size))


def test_length_1_draws_observation_by_observation():
    drawn = indices(1000, 1.0, 6, 100)
    assert (np.diff(drawn) == 1).mean() == pytest.approx(0.001, abs=0.0005)


def test_the_mean_is_preserved_in_expectation():
    profits = np.random.default_rng(7).standard_normal(300) + 0.2
    final = simulate(profits, 20_000, 6.0, 2, np.random.default_rng(8)).final
    assert final.mean() == pytest.approx(profits.sum(), abs=4 * final.std() / np.sqrt(final.size))


def coverage(length, n_series=600):
    """Return how often the 90 % interval of 400 paths holds the true mean, 0, of an AR(.5) of 500 observations."""
    rng, held = np.random.default_rng(9), 0
    for _ in range(n_series):
        series = rng.standard_normal(550)
        for i in range(1, series.size):
            series[i] += 0.5 * series[i - 1]
        series = series[50:]
        final = simulate(series, 400, length or optimal(series).stationary, 2, rng).final
        low, high = np.quantile(final, [0.05, 0.95])
        held += low <= 0 <= high
    return held / n_series


@pytest.mark.parametrize(("length", "expected"), [(1.0, 0.637), (None, 0.857)], ids=["iid", "stationary"])
def test_coverage_of_the_mean_of_an_ar_05_is_637_by_trade_and_857_by_block(length, expected):
    assert coverage(length) == pytest.approx(expected, abs=0.05)
