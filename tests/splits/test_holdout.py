"""The sealed hold-out."""

import numpy as np
import pytest

from assay.errors import DataError, ParamsError
from assay.splits.holdout import holdout_start, open_events


@pytest.mark.parametrize(("n_bars", "fraction", "start"), [(100, 0.1, 90), (99, 0.1, 90), (100, 0.0, 100), (5, 0.1, 5)])
def test_the_last_share_of_the_bars_is_sealed(n_bars, fraction, start):
    assert holdout_start(np.arange(n_bars), fraction) == start


def test_an_event_whose_span_reaches_into_the_hold_out_is_sealed_too():
    starts = np.arange(100)
    ends = starts + 5
    assert np.flatnonzero(open_events(ends, 90)).tolist() == list(range(85))


def test_no_bar_is_refused():
    with pytest.raises(DataError, match="no bar"):
        holdout_start(np.arange(0), 0.1)


@pytest.mark.parametrize("fraction", [-0.1, 1.0, 1.5, float("nan")])
def test_a_share_that_seals_all_or_less_than_nothing_is_refused(fraction):
    with pytest.raises(ParamsError, match=r"splits\.holdout_fraction: must be at least 0 and below 1"):
        holdout_start(np.arange(100), fraction)
