"""Months by UTC against the calendar of the standard library."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.sources.moments import EPOCH
from assay.sources.months.month import Month, clipped, month_of, months, parted, span, within
from assay.tables.table import TIME
from tests.sources.feeds import ns

INSTANTS = st.datetimes(datetime(1970, 1, 1), datetime(2261, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001 - zone given


def nanoseconds(at):
    return (at - EPOCH) // timedelta(microseconds=1) * 1000


@settings(deadline=None, max_examples=200)
@given(INSTANTS)
def test_the_month_of_an_instant(at):
    month = month_of(nanoseconds(at))
    assert month.name == f"{at:%Y-%m}".rjust(7, "0")
    first = datetime(at.year, at.month, 1, tzinfo=UTC)
    days = monthrange(at.year, at.month)[1]
    assert (month.start_ns, month.end_ns) == (nanoseconds(first), nanoseconds(first + timedelta(days=days)))


@settings(deadline=None, max_examples=100)
@given(INSTANTS, st.integers(1, 800))
def test_months_cover_a_range_without_a_hole(at, days):
    start, end = nanoseconds(at), nanoseconds(at) + days * 86_400 * 10**9
    found = list(months(start, end))
    assert found[0].start_ns <= start < found[0].end_ns
    assert found[-1].start_ns < end <= found[-1].end_ns
    assert all(before.end_ns == after.start_ns for before, after in pairwise(found))


def test_an_empty_range_has_no_month():
    assert list(months(ns("2024-02-01"), ns("2024-02-01"))) == []
    assert [month.name for month in months(ns("2024-01-31"), ns("2024-02-01"))] == ["2024-01"]


def test_a_month_is_clipped_to_a_range():
    month = month_of(ns("2024-02-10"))
    assert clipped(month, None, None) == month
    assert clipped(month, ns("2024-01-15"), ns("2024-02-15")) == Month("2024-02", month.start_ns, ns("2024-02-15"))
    assert clipped(month, ns("2024-02-29"), ns("2024-04-01")) == Month("2024-02", ns("2024-02-29"), month.end_ns)


def frame(*times):
    return pl.DataFrame({"time": [None if at is None else ns(at) for at in times]}, schema={"time": pl.Int64}).cast(
        TIME
    )


def test_rows_of_a_month_are_counted_with_those_that_have_no_time():
    rows = frame("2024-01-31T23:59:59", "2024-02-01", None, "2024-02-29T23:59:59", "2024-03-01")
    february = ns("2024-02-01"), ns("2024-03-01")
    assert rows.select(within("time", february)).to_series().to_list() == [False, True, True, True, False]


def test_a_range_is_widened_to_its_months():
    assert span(ns("2024-01-31T23:00"), ns("2024-03-01")) == (ns("2024-01-01"), ns("2024-03-01"))


def test_frames_are_parted_into_months_whatever_their_cuts():
    times = ["2024-01-30", "2024-01-31", "2024-02-01", "2024-02-02", "2024-04-05"]
    for cut in range(6):
        frames = [frame(*times[:cut]), frame(*times[cut:])]
        found = {month.name: sum(part.height for part in parts) for month, parts in parted(frames, "time")}
        assert found == {"2024-01": 2, "2024-02": 2, "2024-04": 1}
