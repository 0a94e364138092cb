"""Triple-barrier labels of the dollar bars against mlfinpy 0.1.2, event by event."""

import math

import numpy as np
import pytest

from assay.labels.barriers import OPEN, SL, TP, VERTICAL, ExitRules
from assay.labels.censoring import latest_ends
from assay.labels.events import moved
from assay.labels.exits import UNLIMITED, leave
from assay.labels.params import EventParams
from assay.labels.volatility import DAY_NS, daily_volatility
from assay.labels.weights import average_uniqueness, concurrency

SETTINGS = {
    "0.005_1d_pt1sl1_min0": (0.005, 0.0, 1, 1),
    "0.005_1d_pt1sl0_min0.002": (0.005, 0.002, 1, 1),
    "0.005_1d_pt2sl1_min0.002": (0.005, 0.002, 2, 2),
    "0.02_1d_pt1sl1_min0.005": (0.02, 0.005, 1, 1),
    "0.02_1d_pt1sl1_min0.005_meta_long": (0.02, 0.005, 1, 1),
}
"""Threshold, smallest target, and the multiples that mlfinpy looked for touches with: without a side, pt for both.

Its bins use the multiples it was given, so that where they differ it stops trades that ran out of time.
"""


@pytest.fixture(scope="module")
def label(dollar_bars):
    """Return a function that labels the sample AFML's way: closes, targets of daily volatility, one day at most."""
    closed_at, close = dollar_bars
    target = daily_volatility(closed_at, close, 100)
    day_later = np.searchsorted(closed_at, closed_at + DAY_NS)

    def run(threshold, min_target, pt, sl):
        params = EventParams(method="cusum", cusum_unit="log_return", cusum_threshold=threshold)
        starts = np.flatnonzero(moved(close, params))
        starts = starts[target[starts] > min_target]
        width = [(close[i] * target[i] * pt or math.inf, close[i] * target[i] * sl or math.inf) for i in starts]
        rules = [ExitRules(1, day_later[i] - i, at_close=True, resting=False, tolerance=1e-9) for i in starts]
        exits = [leave(close, close, close, close, i, 1, *w, r) for i, w, r in zip(starts, width, rules, strict=True)]
        ends, prices, reasons = (np.array(column) for column in zip(*exits, strict=True))
        latest = [latest_ends(starts[[k]], rule, UNLIMITED)[0] for k, rule in enumerate(rules)]
        return starts, ends, prices / close[starts] - 1, reasons, np.array(latest) < close.size

    return run


def direction(reasons):
    return np.select([reasons == TP, reasons == SL], [1, -1], 0)


@pytest.mark.parametrize("name", SETTINGS)
def test_mlfinpy_events_and_bins(dollar_bars, mlfinpy, label, name):
    closed_at, _ = dollar_bars
    starts, ends, returns, reasons, _ = label(*SETTINGS[name])
    spans, bins = mlfinpy(f"events_cusum{name}"), mlfinpy(f"bins_cusum{name}")
    np.testing.assert_array_equal(closed_at[starts], spans[""])
    np.testing.assert_array_equal(np.where(ends < 0, -1, closed_at[ends]), spans["t1"])
    decided = reasons != OPEN
    np.testing.assert_allclose(returns[decided], bins["ret"], rtol=0, atol=1e-14)
    expected = np.maximum(direction(reasons), 0) if "meta" in name else direction(reasons)
    if "pt1sl1" in name:
        np.testing.assert_array_equal(expected[decided], bins["bin"])
    else:
        assert (bins["bin"][reasons[decided] == VERTICAL] == -1).any()


@pytest.mark.parametrize(("name", "sl"), [("0.005_1d_pt1sl0_min0.002", 0), ("0.005_1d_pt2sl1_min0.002", 1)])
def test_unlike_mlfinpy_the_stop_keeps_its_own_multiple_without_a_side(dollar_bars, mlfinpy, label, name, sl):
    threshold, min_target, pt, _ = SETTINGS[name]
    _, ends, _, reasons, _ = label(threshold, min_target, pt, sl)
    spans = mlfinpy(f"events_cusum{name}")
    assert (np.where(ends < 0, -1, dollar_bars[0][ends]) != spans["t1"]).any()
    assert (reasons == SL).any() == (sl > 0)


def test_seven_resolved_events_of_the_threshold_of_two_per_cent(label):
    _, _, returns, reasons, resolved = label(0.02, 0.005, 1, 1)
    assert reasons.size == 8
    assert direction(reasons)[resolved].tolist() == [0, 1, -1, 1, 0, -1, 1]
    expected = [0.006749, 0.010777, -0.008337, 0.008992, 0.002857, -0.008925, 0.007176]
    np.testing.assert_allclose(returns[resolved], expected, rtol=0, atol=5.1e-7)


def test_mlfinlab_targets_of_the_threshold_of_two_per_cent(dollar_bars, label):
    """Its first target, and its last, of an event that it counts although the data end before it does."""
    starts, _, _, _, resolved = label(0.02, 0.005, 1, 1)
    found = daily_volatility(*dollar_bars, 100)[starts[[0, -1]]]
    np.testing.assert_allclose(found, [0.010166261175903357, 0.006455887663302871], rtol=1e-12)
    assert resolved.tolist() == [True] * 7 + [False]


def test_ninety_resolved_events_of_the_threshold_of_half_a_per_cent(label):
    starts, ends, _, reasons, resolved = label(0.005, 0.0, 1, 1)
    labels = direction(reasons)[resolved].tolist()
    assert [labels.count(value) for value in (1, -1, 0)] == [40, 33, 17]
    for opened, mean in ((0, 0.458089), (1, 0.487325)):
        spans = starts[resolved] + opened, ends[resolved]
        count = concurrency(*spans, 1000)
        unique = average_uniqueness(*spans, count)
        assert unique.mean() == pytest.approx(mean, abs=5.1e-7)
        if not opened:
            assert (round(float(unique.min()), 6), int(count.max())) == (0.160983, 7)


def test_sign_at_the_vertical_barrier_is_never_nought_on_the_sample(label):
    _, _, returns, reasons, _ = label(0.005, 0.0, 1, 1)
    assert (np.sign(returns[reasons == VERTICAL]) != 0).all()
