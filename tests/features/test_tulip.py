"""What is left of the tulip library's 59 indicators of SPY daily, and a list of where each of them is tested."""

from __future__ import annotations

import numpy as np
import pytest

from assay.features.simple import simple_return
from assay.features.statistics import efficiency_ratio
from assay.features.ta.line import HLC
from assay.stats import rolling

from .test_ta import AVERAGES, OF_PRICE, PLAIN, last, line, spy  # noqa: F401 - spy is a fixture
from .test_technical import SAME_AS_TULIP


def directed(high, low, close, *, at_ties):
    """Return the directional index of 14 in plain steps; ``at_ties`` counts a rise and a fall of one size as both."""
    rise, fall = np.maximum(np.diff(high), 0.0), np.maximum(-np.diff(low), 0.0)
    up, down = (rise >= fall, fall >= rise) if at_ties else (rise > fall, fall > rise)
    moved = np.array([rise * up, fall * down, np.maximum(high[1:], close[:-1]) - np.minimum(low[1:], close[:-1])])
    state, found = moved[:, :14].mean(axis=1), []
    for step in moved[:, 14:].T:
        state = state + (step - state) / 14
        plus, minus = state[:2] / state[2]
        found.append(100 * abs(plus - minus) / (plus + minus))
    return np.array(found)


def adaptive(x):
    """Return Kaufman's adaptive average of 10, from 2 to 30 bars, by our efficiency ratio."""
    weight = (efficiency_ratio(x, 10) * (2 / 3 - 2 / 31) + 2 / 31) ** 2
    close, mean = x["close"], np.empty(x["close"].size)
    mean[:10] = close[:10]
    for t in range(10, close.size):
        mean[t] = mean[t - 1] + weight[t] * (close[t] - mean[t - 1])
    return mean


def tick(x, name):
    return x.ticks(name) * x.instrument.tick_size


PIECES = {
    "bbands_mid": lambda x: x.mean("close", 20) * x.instrument.tick_size,
    "lag": lambda x: rolling.lagged(tick(x, "close"), 3),
    "mom": lambda x: rolling.change(tick(x, "close"), 10),
    "roc": lambda x: simple_return(x, 10),
    "rocr": lambda x: 1.0 + simple_return(x, 10),
    "stderr": lambda x: x.std("close", 20) * x.instrument.tick_size / np.sqrt(20),
    "typprice": lambda x: x.typical * x.instrument.tick_size,
    "kama": adaptive,
    "stochrsi": lambda x: last(line("STOCHRSI", timeperiod=14, fastk_period=14), x, 2100) / 100,
}
"""What features are made of, as an indicator of the library."""
IN_OTHER_TESTS = {
    "test_ta.py": {*AVERAGES, *OF_PRICE, *PLAIN, "obv"},
    "test_technical.py": {*SAME_AS_TULIP, "macd", "cmo"},
    "test_equity_set.py": {"atr", "bbands_upper", "bbands_lower", "sma", "stddev", "var"},
}
NOT_OURS = {
    "edecay": "the larger of the price and 4/5 of the last value: no feature is a decay of a price level",
    "emv": "ease of movement: its unit is that of the volume, which models cannot use",
    "fisher_sig": "its own value one bar before",
    "fisher_val": "Fisher's transform of a place in a range, fed back on itself: the place itself is a feature",
    "medprice": "a level, (high + low) / 2: the awesome oscillator, tested, is made of it",
    "msw_lead": "Ehlers' sine wave of a fixed period: the Hilbert transform's is the one in the catalogue",
    "msw_sine": "the same",
    "wad": "a running total without a look-back",
}


@pytest.mark.parametrize("name", PIECES)
def test_spy_daily_equals_the_tulip_library(name, spy):  # noqa: F811 - a fixture
    x, expected = spy[0], spy[1][name]
    np.testing.assert_allclose(PIECES[name](x)[-expected.size :], expected, rtol=1e-9, atol=1e-7)


def test_known_bad_tulip_counts_a_rise_and_a_fall_of_one_size_as_both(spy):  # noqa: F811 - a fixture
    """Wilder 1978: the larger of the two is the directional movement, and there is none where they are equal."""
    x, theirs = spy[0], spy[1]["dx"]
    n, ours = theirs.size, last(line("DX", HLC, timeperiod=14), x, theirs.size)
    np.testing.assert_allclose(directed(*(x[name] for name in HLC), at_ties=True)[-n:], theirs, rtol=1e-6)
    np.testing.assert_allclose(directed(*(x.ticks(name) for name in HLC), at_ties=False)[-n:], ours, rtol=1e-6)
    assert np.abs(ours - theirs).max() > 1.0


def test_each_of_the_59_is_tested_or_is_not_ours_for_a_reason(spy):  # noqa: F811 - a fixture
    places = [set(PIECES), {"dx"}, set(NOT_OURS), *IN_OTHER_TESTS.values()]
    assert len(spy[1]) == 59
    assert set.union(*places) == set(spy[1])
    tested = set.union(*(place for place in places if place != set(NOT_OURS)))
    assert not tested & set(NOT_OURS)
