"""Combinatorial purged cross-validation: counts and paths of AFML 12.4, laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import DataError
from assay.splits.combinatorial import CombinatorialPurged

SPLITS_AND_PATHS = {
    (6, 2): (15, 5),
    (5, 2): (10, 4),
    (8, 2): (28, 7),
    (10, 2): (45, 9),
    (10, 3): (120, 36),
    (6, 3): (20, 10),
    (10, 8): (45, 36),
    (12, 4): (495, 165),
}
"""Number of splits C(N, k) and of paths C(N, k) k / N; (6, 2) is AFML p. 164."""


@pytest.mark.parametrize("groups", SPLITS_AND_PATHS)
def test_afml_12_4_number_of_splits_and_paths(groups):
    cv = CombinatorialPurged(*groups)
    assert (len(cv.choices()), cv.n_paths) == SPLITS_AND_PATHS[groups]


@pytest.mark.parametrize("groups", [*SPLITS_AND_PATHS, (7, 1)])
def test_every_path_holds_every_group_once(groups):
    cv = CombinatorialPurged(*groups)
    choices, paths = cv.choices(), cv.paths()
    for path in range(cv.n_paths):
        assert sorted(choices[paths == path].tolist()) == list(range(groups[0]))


def test_skfolio_twelve_observations_three_folds_two_tested():
    cv = CombinatorialPurged(3, 2)
    spans = np.arange(12)
    trains = [train.tolist() for train, _ in cv.split(spans, spans)]
    assert trains == [[8, 9, 10, 11], [4, 5, 6, 7], [0, 1, 2, 3]]
    assert cv.paths().tolist() == [[0, 0], [1, 0], [1, 1]]


def test_one_tested_group_is_one_path_of_k_fold():
    assert CombinatorialPurged(6, 1).n_paths == 1
    assert CombinatorialPurged(6, 1).choices().ravel().tolist() == list(range(6))


def test_unlike_mlfinpy_the_embargo_is_on():
    spans = np.arange(40)
    bare, held = (next(CombinatorialPurged(4, 1, embargo).split(spans, spans))[0] for embargo in (0, 5))
    assert bare.tolist() == list(range(10, 40))
    assert held.tolist() == list(range(15, 40))


@given(
    st.integers(0),
    st.sampled_from([(4, 2), (5, 2), (5, 3)]),
    st.integers(0, 4),
)
@settings(deadline=None, max_examples=50)
def test_law_no_train_span_meets_a_test_span_or_the_embargo_after_its_group(spans, seed, groups, embargo):
    starts, ends = spans(seed)
    for train, test in CombinatorialPurged(*groups, embargo).split(starts, ends):
        assert not np.intersect1d(train, test).size
        assert ((ends[train][:, None] < starts[test]) | (starts[train][:, None] > ends[test] + embargo)).all()


def test_nothing_left_to_train_on():
    with pytest.raises(DataError, match="fold 0"):
        list(CombinatorialPurged(2, 1, embargo=30).split(np.arange(10), np.arange(10) + 1))
