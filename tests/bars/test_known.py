"""From when a bar is known to be over, against the bars that a feed had made by then."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings

from assay.bars.as_table import frame
from assay.bars.builder import BarBuilder
from assay.bars.known import known
from assay.bars.rows import columns as columns_of_rows

from .test_builder import KINDS, feeds, part
from .test_rows import KINDS as KINDS_OF_ROWS
from .test_rows import feeds as feeds_of_rows


@given(feed=feeds(), rule=KINDS)
@settings(deadline=None, max_examples=50)
def test_what_is_known_at_a_tick_is_what_a_feed_had_made_by_then(feed, rule):
    """Ticks of one instant come together, so the feed is asked after the last of them."""
    ticks, days = feed
    bars = known(frame(BarBuilder(*rule).push(ticks, days), "TEST"), *rule)
    known_ns = bars["known_at"].to_physical().to_numpy()
    for at in np.unique(ticks.time_ns[days >= 0]):
        seen = ticks.time_ns <= at
        n_made = BarBuilder(*rule).push(part(ticks, seen), days[seen]).size
        assert np.count_nonzero(known_ns <= at) <= n_made


@given(feed=feeds_of_rows(), rule=KINDS_OF_ROWS)
@settings(deadline=None, max_examples=30)
def test_what_is_known_at_the_end_of_a_row_is_what_a_feed_had_made_by_then(feed, rule):
    rows, days = feed
    bars = known(frame(BarBuilder(*rule).push(columns_of_rows(rows), days), "TEST"), *rule)
    rows, days = rows.filter(pl.Series(days >= 0)), days[days >= 0]
    for at in rows["known_at"]:
        seen = (rows["known_at"] <= at).arg_true()
        n_made = BarBuilder(*rule).push(columns_of_rows(rows[seen]), days[seen]).size
        assert (bars["known_at"] <= at).sum() <= n_made


@pytest.mark.parametrize(("threshold", "expected"), [(60, [60, 120]), (1e12, [2**62, 2**62])])
def test_a_time_bar_of_ticks_is_known_when_its_period_is_over(threshold, expected):
    times = pl.Series([59 * 10**9, 119 * 10**9]).cast(pl.Datetime("ns", "UTC"))
    bars = pl.DataFrame({"opened_at": times, "closed_at": times, "partial": [False, False]})
    scale = 10**9 if threshold == 60 else 1
    assert known(bars, "time", threshold)["known_at"].to_physical().to_list() == [scale * at for at in expected]


def test_a_bar_that_its_last_tick_or_a_break_closed_is_known_after_that_tick():
    times = pl.Series([5, 9]).cast(pl.Datetime("ns", "UTC"))
    bars = pl.DataFrame({"opened_at": times, "closed_at": times, "partial": [False, True]})
    assert known(bars, "tick", 10)["known_at"].to_physical().to_list() == [6, 10]
