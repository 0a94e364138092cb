"""Pages of an exchange against all its rows at once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import TransportError
from assay.sources.exchanges.pages import by_time, one_by_one, reaches_back

TIMES = st.lists(st.integers(0, 400), max_size=120).map(sorted)


def pager(rows, limit, reach):
    """Return an exchange that serves a page of rows from a time on, and looks no further ahead than its reach."""

    def ask(since):
        assert since >= 0
        return [row for row in rows if since <= row[0] < since + reach][:limit]

    return ask


@settings(deadline=None, max_examples=200)
@given(TIMES, st.integers(1, 30), st.integers(10, 500), st.integers(0, 200), st.integers(0, 300))
def test_candles_are_those_of_the_window_whatever_the_page(times, limit, reach, start, length):
    rows = [[time, time * 2] for time in sorted(set(times))]
    wanted = [row for row in rows if start <= row[0] < start + length]
    assert by_time(pager(rows, limit, reach), start, start + length, 10) == wanted


@settings(deadline=None, max_examples=300)
@given(TIMES, st.integers(0, 20), st.integers(10, 500), st.integers(0, 200), st.integers(0, 300), st.data())
def test_trades_are_those_of_the_window_even_where_a_page_ends_within_an_instant(
    times, spare, reach, start, length, data
):
    rows = [[time, data.draw(st.sampled_from("ab"))] for time in times]
    limit = max((times.count(time) for time in times), default=0) + 1 + spare
    wanted = [row for row in rows if start <= row[0] < start + length]
    assert one_by_one(pager(rows, limit, reach), start, start + length, 10, "here") == wanted


def test_an_instant_that_holds_more_than_a_page_is_refused_and_not_cut():
    with pytest.raises(TransportError, match="here: a page holds more than one instant; found 60 trades at 7 ms") as e:
        one_by_one(pager([[7, "a"]] * 61, 60, 500), 0, 100, 10, "here")
    assert e.value.final


def test_a_history_that_begins_later_than_asked_and_reaches_until_now_is_refused():
    page = [[time] for time in range(1_000, 8_000, 10)]
    with pytest.raises(TransportError, match="keeps no history this old; found 700 rows, the first 1000 ms late"):
        reaches_back(page, 0, 8_000, 9, "here")
    reaches_back(page, 1_000, 8_000, 9, "here")
    reaches_back(page, 0, 9_000, 9, "a market that was listed later: the page ends long before now")
    reaches_back(page[-20:], 0, 8_000, 9, "a page that is not full")
    reaches_back([], 0, 8_000, 9, "nothing")
