"""Purged k-fold: coverage, laws, messages."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import DataError
from assay.splits.kfold import PurgedKFold


@given(st.integers(0), st.integers(2, 6))
@settings(deadline=None, max_examples=100)
def test_law_every_event_is_tested_once_and_no_train_span_meets_a_test_span(spans, seed, n_splits):
    starts, ends = spans(seed)
    tested = []
    for train, test in PurgedKFold(n_splits, embargo=3).split(starts, ends):
        apart = (ends[train][:, None] < starts[test]) | (starts[train][:, None] > ends[test] + 3)
        assert apart.all()
        tested += test.tolist()
    assert tested == list(range(starts.size))


def test_too_many_splits_for_the_events():
    with pytest.raises(DataError, match="6 blocks need an event each; found 5 events"):
        list(PurgedKFold(6).split(np.arange(5), np.arange(5)))


def test_nothing_left_to_train_on():
    with pytest.raises(DataError, match=r"fold 0: .* none for its 5 test events with an embargo of 7"):
        list(PurgedKFold(2, embargo=7).split(np.arange(10), np.arange(10) + 2))
