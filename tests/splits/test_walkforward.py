"""Walk-forward: what each fold may know."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import DataError
from assay.splits.walkforward import WalkForward


def test_expanding_by_hand():
    starts = np.arange(12)
    folds = [(tr.tolist(), te.tolist()) for tr, te in WalkForward(2, embargo=1).split(starts, starts + 1)]
    assert folds == [([0, 1], [4, 5, 6, 7]), ([0, 1, 2, 3, 4, 5], [8, 9, 10, 11])]


def test_rolling_by_hand():
    starts = np.arange(12)
    folds = [(tr.tolist(), te.tolist()) for tr, te in WalkForward(2, "rolling", embargo=1).split(starts, starts + 1)]
    assert folds == [([0, 1], [4, 5, 6, 7]), ([4, 5], [8, 9, 10, 11])]


def test_first_train_share_by_hand():
    starts = np.arange(10)
    folds = list(WalkForward(2, first_train=0.6).split(starts, starts))
    assert [test.tolist() for _, test in folds] == [[6, 7], [8, 9]]
    assert [train.size for train, _ in folds] == [6, 8]


@given(
    st.integers(0),
    st.integers(1, 5),
    st.sampled_from(["expanding", "rolling"]),
    st.integers(0, 5),
    st.sampled_from(["auto", 0.5]),
)
@settings(deadline=None, max_examples=100)
def test_law_all_training_has_ended_an_embargo_before_the_first_test(
    spans, seed, n_splits, window, embargo, first_train
):
    starts, ends = spans(seed)
    tested = []
    for train, test in WalkForward(n_splits, window, embargo, first_train).split(starts, ends):
        assert ends[train].max() + embargo < starts[test].min()
        tested += test.tolist()
    assert tested == list(range(tested[0], starts.size))


def test_sizes_of_blocks_differ_by_one_at_most():
    starts = np.arange(1000)
    sizes = [test.size for _, test in WalkForward(6).split(starts, starts)]
    assert max(sizes) - min(sizes) == 1


def test_later_events_change_no_fold_that_stays_in_its_place():
    starts = np.arange(100)
    short = next(WalkForward(4, embargo=3).split(starts, starts + 2))
    longer = next(WalkForward(5, embargo=3).split(np.arange(120), np.arange(120) + 2))
    for one, other in zip(short, longer, strict=True):
        np.testing.assert_array_equal(one, other)


def test_too_few_events_for_the_folds():
    with pytest.raises(DataError, match="6 blocks need an event each; found 5 events"):
        list(WalkForward(5).split(np.arange(5), np.arange(5)))


def test_labels_longer_than_the_first_block_leave_nothing_to_train_on():
    with pytest.raises(DataError, match="fold 0"):
        list(WalkForward(4, embargo=50).split(np.arange(100), np.arange(100) + 20))
