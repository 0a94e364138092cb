"""What may train while something is tested: vectors of AFML 7.4, defects of other libraries, laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import DataError
from assay.splits.purge import blocks, check_spans, purged, segment

DAILY_STARTS = np.arange(20)
DAILY_ENDS = DAILY_STARTS + 3
"""Twenty daily samples whose labels span three days, cut into four folds."""

LEAKS_OF_MLFINPY_0_1_2 = {5: [2, 3, 4], 10: [7, 8, 9], 15: [12, 13, 14]}
"""What its PurgedKFold keeps although it overlaps the fold that begins there."""


def train_for(begin, stop, embargo=0):
    test = segment(DAILY_STARTS, DAILY_ENDS, begin, stop)
    return np.flatnonzero(purged(DAILY_STARTS, DAILY_ENDS, test, embargo)).tolist()


@pytest.mark.parametrize(("embargo", "first_after"), [(0, 13), (2, 15)])
def test_afml_7_4_twenty_daily_samples(embargo, first_after):
    assert train_for(5, 10, embargo) == [0, 1, *range(first_after, 20)]


@pytest.mark.parametrize("begin", LEAKS_OF_MLFINPY_0_1_2)
def test_unlike_mlfinpy_overlap_with_the_start_of_the_test_is_purged(begin):
    assert not set(LEAKS_OF_MLFINPY_0_1_2[begin]) & set(train_for(begin, begin + 5))


def test_unlike_mlfinpy_the_largest_end_of_the_test_counts_and_not_the_last():
    starts, ends = np.arange(6), np.array([1, 5, 2, 3, 4, 5])
    assert purged(starts, ends, segment(starts, ends, 1, 3), 0).tolist() == [False] * 6
    assert purged(starts, ends, np.array([[starts[1], ends[2]]]), 0).any()


def test_spans_are_closed_so_that_a_shared_instant_is_an_overlap():
    starts, ends = np.array([0, 2, 4]), np.array([2, 4, 6])
    assert not purged(starts, ends, np.array([[2, 4]]), 0).any()


@pytest.mark.parametrize("embargo", [10**6, 2**63 - 1])
def test_embargo_ends_with_the_data_and_never_wraps(embargo):
    assert train_for(15, 20, embargo) == list(range(12))
    assert train_for(0, 5, embargo) == []


@pytest.mark.parametrize(("n_events", "n_blocks"), [(20, 4), (12, 5), (7, 7), (1000, 6)])
def test_blocks_as_numpy_array_split(n_events, n_blocks):
    sizes = [part.size for part in np.array_split(np.arange(n_events), n_blocks)]
    assert np.diff(blocks(n_events, n_blocks)).tolist() == sizes


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), min_size=2, max_size=40).map(sorted)
tests = st.lists(st.tuples(st.integers(0, 70), st.integers(0, 15)), min_size=1, max_size=4)


@given(spans, tests, st.integers(0, 10))
@settings(deadline=None, max_examples=200)
def test_law_kept_iff_no_bar_of_the_span_is_tested_or_under_embargo(events, segments, embargo):
    starts, ends = np.array([s for s, _ in events]), np.array([s + d for s, d in events])
    tested = np.array([(a, a + d) for a, d in segments])
    forbidden = [range(a, b + 1) for a, b in tested.tolist()]
    held_back = [range(b, b + embargo + 1) for _, b in tested.tolist()]
    expected = [
        not any(bar in bars for bars in forbidden for bar in range(s, e + 1))
        and not any(s in bars for bars in held_back)
        for s, e in zip(starts.tolist(), ends.tolist(), strict=True)
    ]
    assert purged(starts, ends, tested, embargo).tolist() == expected


@pytest.mark.parametrize(
    ("starts", "ends", "found"),
    [([1, 0], [2, 2], "2 spans"), ([0, 1], [2, 0], "2 spans"), ([0, 1], [2, 2], "2 events")],
)
def test_bad_spans_are_refused_with_numbers(starts, ends, found):
    with pytest.raises(DataError, match=found):
        check_spans(np.array(starts), np.array(ends), 3)
