"""The calendar of rows: every day has its place and its shade, from three days to forty years."""

import re
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.report.figures import calendar
from assay.report.figures.calendar import calendar_figure
from assay.report.figures.cells import EMPTY, MISSING, STRIP, WEEKS, Cells, Days, daily, page, shaded, weekly
from assay.report.theme import SENTINELS

# Days of a week in 2024 by the calendar on the wall: 1 January was a Monday, 29 February a Thursday.
WALL = [(date(2024, 1, 1), 0, 0), (date(2024, 1, 7), 0, 6), (date(2024, 2, 29), 8, 3), (date(2024, 12, 31), 52, 1)]


def history(n_days, first=date(2013, 9, 1), missing=None):
    counts = np.arange(n_days) % 11 * 1000
    counts[0] = 7
    return Days(first, counts, missing)


def figure(n_days):
    return calendar_figure(history(n_days), "rows")


@pytest.mark.parametrize(("day", "column", "row"), WALL)
def test_days_stand_where_a_calendar_on_the_wall_has_them(day, column, row):
    found = daily(Days(day, np.array([1])))
    assert (found.columns[0], found.rows[0]) == (column, row)


@given(st.dates(date(1990, 1, 1), date(2040, 1, 1)), st.integers(1, 1500))
@settings(deadline=None, max_examples=40)
def test_law_no_two_days_share_a_place_and_weeks_sum_their_days(first, n_days):
    counts = np.arange(1, n_days + 1)
    days = Days(first, counts)
    assert days.dates == [first + timedelta(days=number) for number in range(n_days)]
    found = daily(days)
    assert len(set(zip(found.columns.tolist(), found.rows.tolist(), strict=True))) == n_days
    assert found.columns.max() < WEEKS
    weeks = weekly(days)
    assert weeks.counts.sum() == counts.sum()
    for column, row, total in zip(weeks.columns, weeks.rows, weeks.counts, strict=True):
        inside = (found.columns == column) & (found.rows // STRIP == row)
        assert counts[inside].sum() == total


def test_shades_by_hand():
    """The median of 5, 30, 60, 100, 150, 300, 1000 is 100: the shades change at 10, 50, 100 and 200."""
    counts, lacking = np.array([0, 0, 5, 30, 60, 100, 150, 300, 1000]), np.arange(9) == 1
    assert shaded(counts, lacking).tolist() == [EMPTY, MISSING, 1, 2, 3, 4, 4, 5, 5]
    assert shaded(np.ones(3, np.int64), np.ones(3, np.bool_)).tolist() == [4, 4, 4]


def test_a_week_is_missing_if_it_has_no_row_and_one_of_its_days_is():
    """From Monday on: a week with a row, one that was closed, one with an open day, and one with a row again."""
    counts, missing = np.zeros(28, np.int64), np.zeros(28, np.bool_)
    counts[[0, 22]], missing[[1, 17, 23]] = 9, True
    assert weekly(Days(date(2024, 1, 1), counts, missing)).shades.tolist() == [4, EMPTY, MISSING, 4]
    assert weekly(Days(date(2024, 1, 1), counts)).shades.tolist() == [4, EMPTY, EMPTY, 4]


@pytest.mark.parametrize("n_days", [8, 60, 5000])
def test_missing_days_have_a_colour_and_a_word_of_their_own(n_days):
    """Rows on the first day only; of the others one is missing, or none, or nothing tells."""
    counts, one = np.zeros(n_days, np.int64), np.arange(n_days) == n_days - 1
    counts[0] = 7
    gap, whole, untold = (
        calendar_figure(Days(date(2024, 1, 1), counts, lacking), "rows") for lacking in (one, one & False, None)
    )
    red = SENTINELS["loss"]
    assert ("missing" in gap, "closed" in gap, "no row" in gap, red in gap) == (True, True, False, True)
    assert ("missing" in whole, "closed" in whole, "no row" in whole, red in whole) == (False, True, False, False)
    assert ("missing" in untold, "closed" in untold, "no row" in untold, red in untold) == (False, False, True, False)


def test_a_missing_day_is_coloured_where_it_stands():
    missing = np.arange(40) == 11
    days = Days(date(2024, 1, 1), np.where(missing, 0, 5), missing)
    for cells, place in ((page(days), (4, 1)), (daily(days), (1, 4))):
        (at,) = np.flatnonzero(cells.shades == MISSING)
        assert (cells.columns[at], cells.rows[at]) == place


def test_runs_cover_each_cell_of_a_shade_once():
    shades = np.random.default_rng(3).integers(0, 3, 300)
    place = np.arange(300)
    cells = Cells(place // 7, place % 7, place, shades)
    for shade in range(3):
        covered = [(x, y) for x, top, bottom in calendar._runs(cells, shade) for y in range(top, bottom)]
        wanted = [(int(i) // 7, int(i) % 7) for i in np.flatnonzero(shades == shade)]
        assert covered == sorted(wanted)


@pytest.mark.parametrize(
    ("n_days", "words", "absent"),
    [
        (1, ["Rows per day, UTC", "Sun", "1 Sep", ">7<"], "2013"),
        (3, ["Mon", "Tue", "1 Sep", "2 Sep", "3 Sep"], "2013"),
        (36, ["30 Sep", "1 Oct", "no row"], "2013"),
        (37, ["2013", "no row", "Jan", "Dec"], "2014"),
        (3653, ["Rows per day, UTC", "2013", "2023", "1k"], "2024"),
        (14_000, ["Rows per week, UTC", "2013", "2051"], "2052"),
    ],
)
def test_it_is_drawn_at_every_length(n_days, words, absent):
    said = figure(n_days)
    for word in words:
        assert word in said
    assert f">{absent}<" not in re.sub(r"\s", "", said)
    assert len(said) < 300_000
    assert figure(n_days) == said


def test_days_of_a_million_rows_are_short():
    assert ">1.23M<" in re.sub(r"\n", "", calendar_figure(Days(date(2024, 1, 1), np.array([1_234_567])), "rows"))


def test_a_spread_of_hours_without_quotes_has_no_bar():
    from assay.report.figures.spread import spread_figure

    some = spread_figure([None, 2.0, 3.0, *[None] * 21], "ticks", "spread")
    more = spread_figure([1.0, 2.0, 3.0, *[None] * 21], "bps", "spread")
    assert some.count("<path") + 1 == more.count("<path")
    assert "Median spread by hour of the day, ticks" in some
    assert "basis points of the mid" in more
