"""The days of a history: those that lack rows are told from closed ones."""

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.market.calendars import MINUTE_NS, calendar
from assay.sources.health.part import part
from assay.sources.health.report import merged

from .conftest import NO_FLAGS, TIME, bars_of, quotes_of

HOUR = 60 * MINUTE_NS
DAY = 24 * HOUR


def ns(text):
    return int(np.datetime64(text, "ns").astype(np.int64))


def days_of(frame, kind, name, n_parts=1, **wanted):
    found = calendar(name)
    edges = [round(frame.height * i / n_parts) for i in range(n_parts + 1)]
    parts = [part(frame[a:b], kind, found) for a, b in pairwise(edges)]
    return merged(parts, kind, found, {}, frame.height, **wanted)["days"]


def new_york(first, end, step_ns=30 * MINUTE_NS):
    """Return the first instants of all bars of the hours of the New York Stock Exchange."""
    starts = np.arange(ns(first), ns(end), 30 * MINUTE_NS)
    starts = starts[calendar("XNYS").is_open(starts)]
    return starts if step_ns < DAY else starts[np.unique(starts // DAY, return_index=True)[1]]


@pytest.mark.parametrize("step_ns", [30 * MINUTE_NS, DAY])
def test_thanksgiving_and_weekends_are_closed_and_a_day_that_was_taken_out_is_missing(step_ns):
    """Thanksgiving 2013 was 28 November; the 29th was open until 13:00 only. The 26th, a Tuesday, is taken out."""
    starts = new_york("2013-11-25", "2013-12-03", step_ns)
    starts = starts[starts // DAY != ns("2013-11-26") // DAY]
    days = days_of(bars_of(starts, min(step_ns, HOUR * 6)), "ohlcv", "XNYS")
    assert days["first"] == "2013-11-25"
    assert [n > 0 for n in days["n_rows"]] == [True, False, True, False, True, False, False, True]
    assert days["without_row"] == ["2013-11-26"]


def test_days_at_the_edges_of_the_wanted_range_are_missing_as_far_as_it_goes():
    quotes = quotes_of(ns("2019-03-05T12:00") + np.arange(10) * MINUTE_NS)
    days = days_of(quotes, "quotes", "24/5", start_ns=ns("2019-03-02"), end_ns=ns("2019-03-08"))
    assert (days["first"], days["n_rows"]) == ("2019-03-02", [0, 0, 0, 10, 0, 0])
    assert days["without_row"] == ["2019-03-03", "2019-03-04", "2019-03-06", "2019-03-07"]
    # Sunday begins at 22:00 UTC: a range until then does not reach into it, one from Thursday 23:59:30 is too short.
    short = {"start_ns": ns("2019-03-03T21:00"), "end_ns": ns("2019-03-07T00:00:30")}
    assert days_of(quotes, "quotes", "24/5", **short)["without_row"] == ["2019-03-03", "2019-03-04", "2019-03-06"]
    assert days_of(quotes, "quotes", "24/5", start_ns=ns("2019-03-02"))["n_rows"] == [0, 0, 0, 10]


def test_without_a_range_there_is_nothing_before_the_first_row_or_after_the_last():
    days = days_of(quotes_of([ns("2019-03-05T12:00"), ns("2019-03-05T13:00")]), "quotes", "24/5")
    assert days == {"first": "2019-03-05", "n_rows": [2], "without_row": []}


def test_where_rows_come_when_something_happens_no_day_is_missing():
    at = pl.Series(np.array([ns("2024-01-02"), ns("2024-04-02")])).cast(TIME)
    actions = pl.DataFrame({"time": at, "known_at": at, "split": 1.0, "dividend": 0.5}).with_columns(NO_FLAGS)
    days = days_of(actions, "actions", "XNYS")
    assert (sum(days["n_rows"]), len(days["n_rows"]), days["without_row"]) == (2, 92, None)


def test_bars_that_last_longer_than_a_day_leave_no_day_out():
    weeks = bars_of(ns("2024-01-01") + np.arange(6) * 7 * DAY, 7 * DAY)
    assert days_of(weeks, "ohlcv", "24/7")["without_row"] is None


@settings(deadline=None, max_examples=30)
@given(st.sets(st.integers(0, 40), min_size=2), st.integers(1, 4), st.sampled_from(["24/7", "24/5", "XNYS"]))
def test_law_each_day_has_rows_or_is_missing_or_closed_in_whatever_parts(kept, n_parts, name):
    first = ns("2019-12-09T15:00")
    quotes = quotes_of(np.concatenate([first + day * DAY + np.arange(5) * MINUTE_NS for day in sorted(kept)]))
    days = days_of(quotes, "quotes", name, n_parts, start_ns=first, end_ns=first + 41 * DAY)
    begin = ns("2019-12-09") // DAY
    minutes = np.arange(first, first + 41 * DAY, MINUTE_NS)
    is_open = {int(day) for day in np.unique(minutes[calendar(name).is_open(minutes)] // DAY)}
    expected = [day for day in range(begin, begin + len(days["n_rows"])) if day - begin not in kept and day in is_open]
    assert days["without_row"] == [str(np.datetime64(day, "D")) for day in expected]
    assert [n > 0 for n in days["n_rows"][:41]] == [day in kept for day in range(41)]
