"""Rules with a side against pandas and TA-Lib, and by hand."""

import numpy as np
import pandas as pd
import pytest
import talib

from assay.labels.rules import bands, breakout, cross

RNG = np.random.default_rng(9)
CLOSE = 100 + RNG.standard_normal(900).cumsum()
HIGH, LOW = CLOSE + RNG.random(900), CLOSE - RNG.random(900)


def first_of_each_run(long, short):
    """Return +1 and -1 where a run of either begins, by a loop."""
    said = [1 if a else -1 if b else 0 for a, b in zip(long, short, strict=True)]
    return [now if now != before else 0 for now, before in zip(said, [0, *said[:-1]], strict=True)]


@pytest.mark.parametrize("window", [2, 20, 55])
def test_breakout_of_the_channel_of_the_bars_before_as_pandas(window):
    top, bottom = (pd.Series(x).shift().rolling(window) for x in (HIGH, LOW))
    expected = first_of_each_run(top.max() < CLOSE, bottom.min() > CLOSE)
    found = breakout(HIGH, LOW, CLOSE, window)
    assert found.tolist() == expected
    assert set(found.tolist()) == {-1, 0, 1}


@pytest.mark.parametrize(("fast", "slow"), [(1, 5), (24, 120)])
def test_afml_exercise_3_4_crossings_as_ta_lib_averages(fast, slow):
    quick = CLOSE if fast == 1 else talib.SMA(CLOSE, fast)
    above = (quick - talib.SMA(CLOSE, slow))[slow - 1 :] > 0
    turns = slow + np.flatnonzero(above[1:] != above[:-1])
    found = cross(CLOSE, fast, slow)
    np.testing.assert_array_equal(np.flatnonzero(found), turns)
    np.testing.assert_array_equal(found[turns], np.where(above[1:][turns - slow], 1, -1))


def test_averages_that_only_meet_do_not_cross():
    meets = cross(np.array([1.0, 2.0, 3.0, 3.0, 3.0, 4.0]), 1, 2)
    assert meets.tolist() == [0] * 6
    turns = cross(np.array([1.0, 2.0, 3.0, 3.0, 3.0, 2.0, 2.0, 5.0]), 1, 2)
    assert turns.tolist() == [0, 0, 0, 0, 0, -1, 0, 1]


@pytest.mark.parametrize("sigmas", [1.0, 2.0])
def test_afml_exercise_3_5_bands_as_ta_lib(sigmas):
    upper, _, lower = talib.BBANDS(CLOSE, 20, sigmas, sigmas)
    found = bands(CLOSE, 20, sigmas)
    assert found.tolist() == first_of_each_run(lower > CLOSE, upper < CLOSE)
    assert set(found.tolist()) == {-1, 0, 1}


@pytest.mark.parametrize("tick", [0.001, 0.01, 0.05, 0.1, 0.25])
def test_averages_that_are_equal_on_paper_do_not_cross(tick):
    """Prices that repeat have the same mean over once and twice their period; in binary the two may differ."""
    rng = np.random.default_rng(1)
    for period in range(2, 14):
        again = np.tile((10_000 + rng.integers(1, 5, period)) * tick, 40)
        close = np.append(rng.integers(9_990, 10_010, 60) * tick, again)
        assert not cross(close, period, 2 * period)[60 + 2 * period + 1 :].any()


@pytest.mark.parametrize("tick", [0.001, 0.01, 0.05, 0.1, 0.25])
def test_a_close_on_a_band_does_not_leave_it(tick):
    """One of five closes apart from four equal ones is just 2 deviations from their mean."""
    rng = np.random.default_rng(0)
    level, move = np.rint(rng.integers(1_000, 90_000, 2_000)), rng.integers(1, 50, 2_000) * rng.choice([-1, 1], 2_000)
    closes = np.tile(level[:, None], 9)
    closes[:, -1] += move
    found = bands((closes * tick).ravel(), 5, 2.0).reshape(closes.shape)
    assert not found[:, -1].any()
