"""Defects of mlfinlab and mlfinpy, computed beside ours on the given input: they are reproduced, and ours differ."""

import numpy as np
import pytest

from assay.labels.barriers import SL, ExitRules
from assay.labels.build import build
from assay.labels.cusum import cusum
from assay.labels.exits import UNLIMITED, leave_all
from assay.labels.params import LabelParams
from assay.labels.volatility import DAY_NS
from assay.stats.elementary import log
from assay.stats.rolling import change

BINS = {
    "0.005_1d_pt1sl1_min0": (1, 1),
    "0.005_1d_pt1sl0_min0.002": (1, 0),
    "0.005_1d_pt2sl1_min0.002": (2, 1),
    "0.02_1d_pt1sl1_min0.005": (1, 1),
}
"""The multiples of profit and stop in mlfinpy's bins, which is not where it looked for the stop."""


def labelled_in_logs(returns, target, pt, sl):
    """Return mlfinpy's label: by the log return against multiples of log(1 + target), whatever was touched."""
    moved, width = np.log1p(returns), np.log1p(target)
    return np.select([moved > width * pt, moved < -width * sl], [1, -1], 0)


@pytest.fixture(scope="module")
def one_percent(make_bars, instrument):
    """Return a function from a path after 100 to our label of it: barriers in points, eight bars at most."""

    def label(path, tp, sl, **more):
        prices = np.array([100.0, *path, *[100.0] * (9 - len(path))])
        barriers = {"sizing": "ticks", "tp_ticks": round(4 * tp), "sl_ticks": round(4 * sl), "entry": "close"}
        params = {"triple_barrier": {**barriers, "min_horizon_bars": 1, "max_horizon_bars": 8, **more}}
        return build(make_bars(*[prices] * 4), LabelParams.model_validate(params), instrument)[0].row(0, named=True)

    return label


def test_known_bad_a_profit_of_two_targets_that_was_touched_is_no_profit_in_logs(one_percent):
    """100 to 102 with a target of 1 % and pt 2: touched at the first bar, and labelled 0 by mlfinpy."""
    assert labelled_in_logs(np.array([0.02]), 0.01, 2, 2).tolist() == [0]
    ours = one_percent([102.0], 2, 2)
    assert (ours["label"], ours["long_exit"], ours["long_end"]) == (1, "tp", 1)


@pytest.mark.parametrize("name", BINS)
def test_mlfinpy_labels_of_the_dollar_bars_are_those_of_the_wrong_scale(mlfinpy, name):
    """With the multiples of its bins, also after a day without a touch, so that some of those are stops to it."""
    bins, (pt, sl) = mlfinpy(f"bins_cusum{name}"), BINS[name]
    found = labelled_in_logs(bins["ret"], bins["trgt"], pt, sl)
    np.testing.assert_array_equal(found, bins["bin"])


def test_known_bad_where_a_stop_of_one_was_looked_for_at_two_it_ends_later(dollar_bars, mlfinpy):
    """AFML 3.3 and both libraries, without a side: the stop is looked for at the multiple of the profit."""
    closed_at, close = dollar_bars
    spans = mlfinpy("events_cusum0.005_1d_pt2sl1_min0.002")
    starts = np.searchsorted(closed_at, spans[""])
    target, days = close[starts] * spans["trgt"], np.searchsorted(closed_at, closed_at[starts] + DAY_NS)
    theirs, _, why = ended(close, starts, days, [2 * target, 2 * target])
    ours, _, reason = ended(close, starts, days, [2 * target, target])
    decided = theirs >= 0
    np.testing.assert_array_equal(closed_at[theirs[decided]], spans["t1"][decided])
    assert (ours <= theirs)[decided].all()
    assert (ours < theirs)[decided].sum() > 10
    assert np.count_nonzero(reason == SL) > np.count_nonzero(why == SL)


def ended(close, starts, days, widths):
    """Return how trades on closes end, each with its own last bar."""
    found = [
        leave_all(*[close] * 4, start[None], 1, tp[None], sl[None], ExitRules(1, n, True, False, 1e-9), UNLIMITED)
        for start, tp, sl, n in zip(starts, *widths, days - starts, strict=True)
    ]
    return [np.concatenate(column) for column in zip(*found, strict=True)]


def test_mlfinlab_the_vertical_barrier_decides_two_of_the_eight_events_of_two_per_cent(dollar_bars, mlfinpy):
    closed_at, close = dollar_bars
    spans = mlfinpy("events_cusum0.02_1d_pt1sl1_min0.005")
    starts = np.searchsorted(closed_at, spans[""])
    widths = [close[starts] * spans["trgt"]] * 2
    days = np.searchsorted(closed_at, closed_at[starts] + DAY_NS)
    with_day, without = (ended(close, starts, last, widths)[0] for last in (days, np.full(8, close.size)))
    resolved = days < close.size
    assert (with_day[resolved] != without[resolved]).sum() == 2


def test_mlfinpy_nine_events_of_a_threshold_of_a_hundred_thousandth_of_the_close(dollar_bars):
    """A threshold of its own for every bar, .02 at a close of 2,000."""
    close = dollar_bars[1]
    assert np.count_nonzero(cusum(change(log(close)), 1e-5 * close)) == 9


EDGES = {
    "exactly the profit": ([101.0], {}, 1, 1),
    "half a point in time": ([*[100.0] * 7, 100.5], {"vertical": "zero"}, 0, 8),
    "half a point in time, by sign": ([*[100.0] * 7, 100.5], {"vertical": "sign"}, 1, 8),
    "a touch on the vertical bar": ([*[100.0] * 7, 101.5], {"vertical": "zero"}, 1, 8),
    "a fall": ([98.5], {}, -1, 1),
}


@pytest.mark.parametrize("name", EDGES)
def test_edges_of_one_per_cent_and_eight_bars_in_the_table_of_labels(one_percent, name):
    path, more, label, bar = EDGES[name]
    found = one_percent(path, 1, 1, **more)
    assert (found["label"], found["end_ordinal"]) == (label, bar)
    assert found["long_exit"] == ("vertical" if abs(path[-1] - 100) < 1 else "tp" if label > 0 else "sl")
