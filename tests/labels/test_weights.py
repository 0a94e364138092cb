"""Concurrency and average uniqueness: AFML 4.5.3, the published sample, brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.labels.weights import average_uniqueness, concurrency

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
