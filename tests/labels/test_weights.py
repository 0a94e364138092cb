"""Concurrency, average uniqueness and attribution: AFML ch. 4, the published sample, brute force."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import DataError
from assay.labels.weights import average_uniqueness, concurrency, return_attribution

AFML_4_5_3 = (np.array([0, 2, 4]), np.array([2, 3, 5]), [5 / 6, 0.75, 1.0])
"""Labels over bars {0, 1, 2}, {2, 3}, {4, 5} of 6, and their uniqueness."""


def test_afml_4_5_3_average_uniqueness():
    starts, ends, expected = AFML_4_5_3
    count = concurrency(starts, ends, 6)
    assert count.tolist() == [1, 1, 2, 1, 1, 1]
    found = average_uniqueness(starts, ends, count)
    np.testing.assert_allclose(found, expected, rtol=1e-15)
    assert np.average(found, weights=ends + 1 - starts) == pytest.approx(6 / 7)


def test_mlfinpy_concurrency_and_uniqueness(dollar_bars, mlfinpy):
    closed_at, close = dollar_bars
    spans = mlfinpy("events_cusum0.005_1d_pt1sl1_min0")
    ended = spans["t1"] >= 0
    starts, ends = (np.searchsorted(closed_at, spans[name][ended]) for name in ("", "t1"))
    count = concurrency(starts, ends, close.size)
    expected = mlfinpy("concurrency_cusum0.005")
    np.testing.assert_array_equal(count[np.searchsorted(closed_at, expected["date_time"])], expected["num_concurrent"])
    found = average_uniqueness(starts, ends, count)
    np.testing.assert_allclose(found, mlfinpy("avg_uniqueness_cusum0.005")["tW"], rtol=1e-12)
    assert round(float(found.mean()), 6) == 0.459366


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12)), min_size=1, max_size=25))
@settings(deadline=None, max_examples=200)
def test_law_equals_brute_force(events):
    spans = [range(start, start + length + 1) for start, length in events]
    count = [sum(bar in span for span in spans) for bar in range(43)]
    expected = [np.mean([1 / count[bar] for bar in span]) for span in spans]
    starts, ends = np.array([span[0] for span in spans]), np.array([span[-1] for span in spans])
    np.testing.assert_array_equal(concurrency(starts, ends, 43), count)
    np.testing.assert_allclose(average_uniqueness(starts, ends, np.array(count)), expected, rtol=1e-12)


def test_lone_labels_weigh_one_and_never_more():
    starts = np.arange(0, 300_000, 3)
    starts[::2] += 1
    ends = starts + np.arange(starts.size) % 4
    weights = average_uniqueness(starts, ends, concurrency(starts, ends, 300_010))
    assert weights.max() == 1.0


def test_a_million_labels_of_51_bars_each_weigh_a_51st_but_for_the_ends():
    """Bar k from either end is spanned by k labels; the running sum loses no digit that counts on its way."""
    starts = np.arange(1_000_000)
    ends = starts + 50
    weights = average_uniqueness(starts, ends, concurrency(starts, ends, 1_000_050))
    np.testing.assert_allclose(weights[50:-50], 1 / 51, rtol=1e-9)
    expected = (1 / np.arange(1, 52)).mean()
    np.testing.assert_allclose(weights[[0, -1]], expected, rtol=1e-9)


def test_mlfinlab_hours_example():
    """Labels from hours 1, 2, 5, 7, 10, 11, 12 and 20 for two hours: uniqueness .66, .83, .44, 1 to two decimals."""
    starts = np.array([1, 2, 5, 7, 10, 11, 12, 20])
    count = concurrency(starts, starts + 2, 23)
    assert np.bincount(count[1:23]).tolist() == [5, 11, 5, 1]
    found = average_uniqueness(starts, starts + 2, count)
    np.testing.assert_allclose(found[[0, 2, 5, 7]], [0.66, 0.83, 0.44, 1.0], atol=0.01)


def test_afml_4_10_return_attribution_of_three_labels():
    """Log returns .01, -.02, .03, .01, -.01, .02 over the spans of 4.5.3: .005, .025, .010, scaled .375, 1.875, .75."""
    starts, ends, _ = AFML_4_5_3
    close = np.exp(np.cumsum([0.0, 0.01, -0.02, 0.03, 0.01, -0.01, 0.02]))
    starts, ends = starts + 1, ends + 1
    found = return_attribution(starts, ends, concurrency(starts, ends, 7), close)
    np.testing.assert_allclose(found, [0.005, 0.025, 0.010], rtol=1e-12)
    np.testing.assert_allclose(found * 3 / found.sum(), [0.375, 1.875, 0.75], rtol=1e-12)


@pytest.mark.parametrize("close", [0.0, -1.0, np.nan, np.inf])
def test_a_close_that_is_no_price_is_refused(close):
    one = np.array([0])
    with pytest.raises(DataError, match=f"closes must be positive, finite numbers; found {close} of bar 1; rebuild"):
        return_attribution(one, one, concurrency(one, one, 3), np.array([1.0, close, 1.0]))


def test_mlfinpy_return_attribution_of_the_dollar_bars(dollar_bars, mlfinpy):
    """Its own test compares with a tolerance of 1e5, which nothing fails; this one does with 1e-12."""
    closed_at, close = dollar_bars
    spans = mlfinpy("events_cusum0.005_1d_pt1sl1_min0")
    ended = spans["t1"] >= 0
    starts, ends = (np.searchsorted(closed_at, spans[name][ended]) for name in ("", "t1"))
    found = return_attribution(starts, ends, concurrency(starts, ends, close.size), close)
    expected = mlfinpy("weight_return_cusum0.005")["weight"]
    np.testing.assert_allclose(found * found.size / found.sum(), expected, rtol=1e-11)
    assert np.abs(expected - expected.mean()).max() > 1


def test_law_attribution_is_brute_force_and_knows_nothing_after_its_span():
    rng = np.random.default_rng(7)
    close = 100 + rng.standard_normal(200).cumsum()
    starts = np.sort(rng.integers(0, 180, 60))
    ends = starts + rng.integers(0, 15, 60)
    count = concurrency(starts, ends, 200)
    moves = np.diff(np.log(close), prepend=np.log(close[0]))
    expected = [abs(sum(moves[t] / count[t] for t in range(a, b + 1))) for a, b in zip(starts, ends, strict=True)]
    found = return_attribution(starts, ends, count, close)
    np.testing.assert_allclose(found, expected, atol=1e-15)
    other = close.copy()
    other[150:] += 5
    np.testing.assert_array_equal(return_attribution(starts, ends, count, other)[ends < 150], found[ends < 150])


def test_scored_by_absolute_returns_a_signal_looks_better_than_it_is():
    """A signal that correlates by .1 is right 53.19 % of the time; weighed by the outcome's size it reads (1 + .1) / 2.

    Measured once as .5503: so attribution may weigh what is learnt, and nothing that is scored.
    """
    rng = np.random.default_rng(12)
    signal, noise = rng.standard_normal((2, 1_000_000))
    outcome = 0.1 * signal + np.sqrt(1 - 0.01) * noise
    right = np.sign(signal) == np.sign(outcome)
    assert right.mean() == pytest.approx(0.5 + np.arcsin(0.1) / np.pi, abs=0.002)
    assert np.average(right, weights=np.abs(outcome)) == pytest.approx(0.55, abs=0.002)


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2), (2, 10), (12, 14)])
def test_impossible_spans_are_refused(start, end):
    with pytest.raises(DataError, match=rf"within 10 bars; found \[{start}, {end}\] of label 1"):
        concurrency(np.array([0, start]), np.array([3, end]), 10)


def test_spans_outside_what_was_counted_are_refused():
    count, close = np.ones(3, np.int64), np.ones(3)
    for found in (average_uniqueness, partial(return_attribution, close=close)):
        with pytest.raises(DataError, match=r"must lie within 3 bars; found \[0, 7\] of label 0"):
            found(np.array([0]), np.array([7]), count)


def test_starts_without_an_end_each_are_refused():
    with pytest.raises(DataError, match="need an end each; found 1 starts and 2 ends"):
        concurrency(np.array([0]), np.array([1, 9]), 5)


def test_no_label_and_one_bar():
    none = np.empty(0, np.int64)
    assert concurrency(none, none, 3).tolist() == [0, 0, 0]
    assert average_uniqueness(none, none, np.zeros(3, np.int64)).size == 0
    one = np.zeros(1, np.int64)
    assert average_uniqueness(one, one, concurrency(one, one, 1)).tolist() == [1.0]
    assert return_attribution(one, one, concurrency(one, one, 1), np.array([5.0])).tolist() == [0.0]
