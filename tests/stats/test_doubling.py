"""Windows by doubling: exact where numbers are, the same bits on any piece of the series, without drift."""

from __future__ import annotations

import hashlib
import inspect
import math
import os
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
import talib
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.stats import rolling

from .test_rolling import UNARY, brute

RNG = np.random.default_rng(20240102)
LONG = np.cumsum(RNG.standard_normal(20_000))


@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("window", [2, 3, 8, 31, 64, 100, 129, 1000])
def test_a_long_window_depends_on_itself_alone_bit_for_bit(name, window):
    whole = UNARY[name](LONG, window)
    for cut in (window - 1, window, window + 1, 5000, 8191, 8192, 9000):
        np.testing.assert_array_equal(UNARY[name](LONG[:cut].copy(), window), whole[:cut])
    for last in (window, 5001, 9001, LONG.size - 1):
        np.testing.assert_array_equal(UNARY[name](LONG[last - window : last + 1].copy(), window)[-1], whole[last])


@given(st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=80), st.integers(1, 80))
@settings(deadline=None, max_examples=60)
def test_sums_of_whole_numbers_are_exact(values, window):
    x = np.array(values, float)
    expected = brute(lambda one: float(sum(int(v) for v in one)), window, x)
    np.testing.assert_array_equal(rolling.total(x, window), expected)
    np.testing.assert_array_equal(rolling.average(x, window), expected / window)


@pytest.mark.parametrize("window", [2, 3, 7, 16, 33, 480])
def test_moments_are_as_exact_as_the_numbers_at_a_level_a_million_deviations_high(window):
    """The level takes six of sixteen digits, so ten are left of a deviation."""
    x = 1e6 + np.cumsum(RNG.standard_normal(window + 3))
    exact = [Fraction(v) for v in x[-window:]]
    centre = sum(exact) / window
    second = sum((v - centre) ** 2 for v in exact)
    assert rolling.mean(x, window)[-1] == pytest.approx(float(centre), rel=1e-15)
    assert rolling.variance(x, window, ddof=0)[-1] == pytest.approx(float(second / window), rel=1e-10)
    third = sum((v - centre) ** 3 for v in exact) / window
    fourth = sum((v - centre) ** 4 for v in exact) / window
    spread = float(second / window)
    assert rolling.kurtosis(x, window)[-1] + 3.0 == pytest.approx(float(fourth) / spread**2, rel=1e-9)
    assert rolling.skewness(x, window)[-1] == pytest.approx(float(third) / spread**1.5, abs=1e-9)


def test_nothing_drifts_after_an_outlier_where_a_carried_sum_does():
    x = 1e6 + np.random.default_rng(5).standard_normal(1_000_000)
    x[1000:2000] += 1e15
    expected = math.fsum(x[-24:]) / 24
    assert rolling.average(x, 24)[-1] == pytest.approx(expected, rel=4e-16)
    assert rolling.std(x, 20, ddof=0)[-1] == pytest.approx(x[-20:].std(), rel=1e-10)
    assert talib.SMA(x, 24)[-1] != pytest.approx(expected, rel=1e-8)


def digest() -> str:
    x = np.random.default_rng(8).standard_normal(60)
    x[7], y = np.nan, np.cumsum(x[::-1].copy())
    names = ("total", "average", "mean", "skewness", "kurtosis", "highest", "lowest")
    made = [getattr(rolling, name)(x, window) for name in names for window in (1, 2, 13, 16)]
    made += [rolling.std(x, 13), rolling.correlation(x, y, 13), rolling.covariance(x, y, 5), rolling.beta(y, x, 8)]
    made += [rolling.ratio(x, y), rolling.moving(x, x > 0.0, 4), rolling.place(x, y, x + y)]
    return hashlib.sha256(b"".join(values.tobytes() for values in made)).hexdigest()


def test_kernels_give_the_same_bits_without_the_compiler():
    imports = "import hashlib\nimport numpy as np\nfrom assay.stats import rolling\n"
    code = f"{imports}{inspect.getsource(digest)}\nprint(digest())"
    command = [sys.executable, "-W", "ignore", "-c", code]
    env = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    assert subprocess.check_output(command, env=env, text=True).strip() == digest()
