"""Automatic block lengths against arch 8.0 and the theory of autoregressions."""

import numpy as np
import pytest

from assay.simulate.block_length import FEWEST, BlockLengths, optimal

ARCH_TEST_OPTIMAL_BLOCK_LENGTH = BlockLengths(13.635665, 15.60894)


def autoregression(noise, rho):
    out = noise.copy()
    for i in range(1, out.size):
        out[i] += rho * out[i - 1]
    return out


def test_optimal_block_length_of_arch_8():
    noise = np.random.RandomState(0).standard_normal(10100)
    found = optimal(autoregression(noise, 0.3)[100:])
    assert found == pytest.approx(ARCH_TEST_OPTIMAL_BLOCK_LENGTH, abs=1e-5)


def test_the_length_of_an_ar_03_is_near_its_theory_of_9_5444():
    """b = (2 G^2 / D)^(1/3) n^(1/3) with the true spectrum, n = 2000; the mean of forty estimates of it."""
    rng = np.random.default_rng(1)
    lengths = [optimal(autoregression(rng.standard_normal(2100), 0.3)[100:]).stationary for _ in range(40)]
    assert np.mean(lengths) == pytest.approx(9.5444, rel=0.15)


def test_circular_blocks_are_longer_by_the_cube_root_of_three_halves():
    found = optimal(autoregression(np.random.default_rng(2).standard_normal(500), 0.5))
    assert found.circular / found.stationary == pytest.approx(1.5 ** (1 / 3))


def test_more_dependence_asks_for_longer_blocks():
    noise = np.random.default_rng(3).standard_normal(2000)
    assert optimal(noise).stationary < optimal(autoregression(noise, 0.7)).stationary


@pytest.mark.parametrize("series", [np.ones(50), np.arange(FEWEST - 1.0), np.zeros(1)])
def test_where_nothing_can_be_learnt_blocks_are_single(series):
    assert optimal(series) == (1.0, 1.0)


@pytest.mark.parametrize("n", [8, 9, 20, 60])
def test_short_series_stay_inside_the_bounds(n):
    trend = optimal(np.arange(float(n)))
    assert 1 <= trend.stationary <= np.ceil(min(3 * np.sqrt(n), n / 3))
