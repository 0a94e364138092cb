"""Variance ratios and Hurst exponents: the paper's sums written out, closed forms, exact fractional noise."""

from __future__ import annotations

import numpy as np
import pytest

from assay.stats import persistence
from assay.stats.persistence import hurst, scales, variance_ratio, z_score

RNG = np.random.default_rng(20)


def by_the_paper(x, q):
    """Lo, MacKinlay 1988, 1.1, of all of x."""
    n = x.size - 1
    mean = (x[-1] - x[0]) / n
    one = ((np.diff(x) - mean) ** 2).sum() / (n - 1)
    moves = (x[q:] - x[:-q] - q * mean) ** 2
    return moves.sum() / (q * (n - q + 1) * (1 - q / n)) / one


def fractional_noise(exponent, n, rng):
    """Exact fractional Gaussian noise (Davies, Harte 1987)."""
    k = np.arange(n + 1)
    h = 2 * exponent
    autocovariance = 0.5 * (np.abs(k - 1.0) ** h - 2 * k**h + (k + 1.0) ** h)
    power = np.fft.fft(np.concatenate((autocovariance, autocovariance[-2:0:-1]))).real
    noise = rng.standard_normal(power.size) + 1j * rng.standard_normal(power.size)
    return np.fft.fft(np.sqrt(power / power.size) * noise).real[:n]


@pytest.mark.parametrize("lag", [2, 4, 16])
def test_every_window_equals_the_paper(lag):
    x = np.cumsum(RNG.standard_normal(400)) + 0.3 * np.arange(400)
    found = variance_ratio(x, lag, 100)
    assert np.isnan(found[:100]).all()
    for row in (100, 101, 250, 399):
        assert found[row] == pytest.approx(by_the_paper(x[row - 100 : row + 1], lag), rel=1e-11)


@pytest.mark.parametrize("r", [-0.4, 0.3])
def test_ratios_of_an_autoregression_are_those_of_its_closed_form(r):
    """``1 + 2 sum_k (1 - k / q) r^k``; with q = 2 it is 1 + r (Lo, MacKinlay 1988)."""
    n, e = 200_000, np.random.default_rng(3).standard_normal(200_000)
    changes = np.zeros(n)
    for i in range(1, n):
        changes[i] = r * changes[i - 1] + e[i]
    x = np.concatenate(([0.0], np.cumsum(changes)))
    for lag in (2, 8):
        expected = 1 + 2 * sum((1 - k / lag) * r**k for k in range(1, lag))
        assert variance_ratio(x, lag, n)[-1] == pytest.approx(expected, abs=0.02)


def test_z_equals_its_definition():
    x = np.cumsum(RNG.standard_normal(200))
    changes = np.diff(x, prepend=np.nan)
    lag, window, row = 4, 60, 150
    s = changes**2
    own = s[row + 1 - window : row + 1]
    theta = sum(
        (2 * (lag - j) / lag) ** 2 * (own * s[row + 1 - window - j : row + 1 - j]).sum() / own.sum() ** 2
        for j in range(1, lag)
    )
    ratio = variance_ratio(x, lag, window)
    found = z_score(changes, ratio, lag, window)
    assert found[row] == pytest.approx((by_the_paper(x[row - window : row + 1], lag) - 1) / theta**0.5, rel=1e-11)
    assert np.isnan(found[: window + lag - 1]).all()
    assert not np.isnan(found[window + lag - 1 :]).any()


def test_z_is_a_standard_score_even_where_variance_changes():
    """Of a random walk whose variance moves slowly, the errors of iid changes would be too small."""
    rng, window, lag = np.random.default_rng(8), 500, 2
    told, plain = [], []
    for _ in range(400):
        size = np.exp(np.repeat(rng.standard_normal(26), 20))
        changes = size * rng.standard_normal(520)
        x = np.cumsum(changes)
        ratio = variance_ratio(x, lag, window)
        told.append(z_score(changes, ratio, lag, window)[-1])
        plain.append((ratio[-1] - 1) * window**0.5)
    assert np.std(told) == pytest.approx(1.0, abs=0.12)
    assert np.mean(told) == pytest.approx(0.0, abs=0.2)
    assert np.std(plain) > 1.3


# Where moves go on, the estimate is low: the mean that is taken off is part of the slow movement.
@pytest.mark.parametrize(("exponent", "low"), [(0.3, 0.0), (0.5, 0.0), (0.7, 0.03)])
def test_hurst_finds_the_exponent_of_exact_fractional_noise(exponent, low):
    rng = np.random.default_rng(9)
    found = [hurst(np.cumsum(fractional_noise(exponent, 1025, rng)), 1024)[-1] for _ in range(60)]
    assert np.mean(found) == pytest.approx(exponent - low, abs=0.02)


def test_hurst_equals_a_straight_line_through_the_paper_s_variances():
    x = np.cumsum(RNG.standard_normal(300))
    assert scales(240) == [1, 2, 4, 8, 16]
    assert scales(64) == [1, 2, 4, 8]
    part = x[-241:]
    spreads = [np.sqrt(by_the_paper(part, q) * q) for q in scales(240)]
    slope = np.polyfit(np.log(scales(240)), np.log(spreads), 1)[0]
    assert hurst(x, 240)[-1] == pytest.approx(slope, rel=1e-9)


def test_what_stands_still_has_no_ratio_and_no_exponent():
    x = np.full(300, 4.0)
    assert np.isnan(variance_ratio(x, 2, 100)).all()
    assert np.isnan(hurst(x, 100)).all()
    assert np.isnan(z_score(np.zeros(300), np.ones(300), 2, 100)).all()
    assert (persistence.variance(x, 4, 100)[100:] == 0.0).all()


def test_a_window_alone_gives_the_same_bits():
    x = np.cumsum(RNG.standard_normal(500))
    assert variance_ratio(x[-121:], 8, 120)[-1] == variance_ratio(x, 8, 120)[-1]
    assert hurst(x[-241:], 240)[-1] == hurst(x, 240)[-1]
    changes = np.diff(x, prepend=np.nan)
    ratio = variance_ratio(x, 8, 120)
    assert z_score(changes[-127:], ratio[-127:], 8, 120)[-1] == z_score(changes, ratio, 8, 120)[-1]
