"""Three stretches of time: nothing of one reaches into the next."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.learn.timeline import three


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 15)), min_size=1, max_size=120), st.floats(0.05, 0.45))
@settings(deadline=None, max_examples=150)
def test_every_outcome_is_known_before_the_next_stretch_begins(steps, share):
    starts = np.cumsum([step for step, _ in steps])
    ends = starts + [length for _, length in steps]
    cut = three(starts, ends, share, share)
    stretches = [part for part in cut[:3] if part.size]
    assert all(ends[a].max() < starts[b].min() for a, b in itertools.pairwise(stretches))
    assert sum(map(len, cut[:3])) + cut.n_purged == starts.size


def test_sizes_without_overlap():
    starts = np.arange(100)
    cut = three(starts, starts, 0.2, 0.2)
    assert (cut.fit.tolist(), cut.calibration.tolist()) == (list(range(60)), list(range(60, 80)))
    assert (cut.threshold.tolist(), cut.n_purged) == (list(range(80, 100)), 0)


def test_overlaps_are_purged_by_hand():
    starts = np.arange(10)
    cut = three(starts, starts + 2, 0.3, 0.3)
    assert (cut.fit.tolist(), cut.calibration.tolist(), cut.threshold.tolist()) == ([0, 1], [4], [7, 8, 9])
    assert cut.n_purged == 4
