"""Holidays as the exchanges published them, and what could be known of them beforehand."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.market import session_days
from assay.market.holidays import Holidays, none, of_exchange

# NYSE, "Holidays & Trading Hours" of 2013.
NYSE_2013 = ["01-01", "01-21", "02-18", "03-29", "05-27", "07-04", "09-02", "11-28", "12-25"]
EARLY_2013 = {"07-03": "17:00", "11-29": "18:00", "12-24": "18:00"}


def day(text: str) -> int:
    return int(np.datetime64(text, "D").astype(np.int64))


def days(*texts: str):
    return np.array([day(text) for text in texts])


def dates(found, year: str = "") -> list[str]:
    told = [str(np.datetime64(int(one), "D")) for one in found]
    return [text.removeprefix(f"{year}-") for text in told if text.startswith(year)]


@pytest.fixture(scope="module")
def nyse():
    return of_exchange("XNYS", 2012, 2014)


def test_holidays_of_new_york_2013_as_the_exchange_published_them(nyse):
    assert nyse.weekdays == "1111100"
    assert dates(nyse.planned, "2013") == NYSE_2013
    assert dates(nyse.early, "2013") == list(EARLY_2013)
    ends = {str(np.datetime64(int(at), "ns"))[5:10]: str(np.datetime64(int(at), "ns"))[11:16] for at in nyse.early_ns}
    assert {name: ends[name] for name in EARLY_2013} == EARLY_2013


def test_the_storm_of_2012_was_not_planned(nyse):
    """NYSE closed for Hurricane Sandy on 29 and 30 October 2012, decided the evening before."""
    assert dates(nyse.unplanned, "2012") == ["10-29", "10-30"]
    friday, after = days("2012-10-26"), days("2012-10-31")
    assert dates(session_days.next_session(friday, nyse)) == ["2012-10-29"]
    assert session_days.to_holiday(friday, nyse).tolist() == [27]
    assert dates(session_days.last_session(after, nyse)) == ["2012-10-26"]
    assert session_days.from_holiday(after, nyse).tolist() == [1]
    between = session_days.any_between(nyse.closed, session_days.last_session(after, nyse), after)
    assert between.tolist() == [True]


@pytest.mark.parametrize(
    ("of", "to_next", "from_last", "next_one", "last_one"),
    [
        ("2013-11-27", 1, 30, "2013-11-29", "2013-11-26"),
        ("2013-11-28", 0, 0, "2013-11-29", "2013-11-27"),
        ("2013-11-29", 26, 1, "2013-12-02", "2013-11-27"),
        ("2013-09-03", 30, 1, "2013-09-04", "2013-08-30"),
        ("2013-03-28", 1, 30, "2013-04-01", "2013-03-27"),
        ("2013-04-01", 30, 3, "2013-04-02", "2013-03-28"),
        ("2013-12-31", 1, 6, "2014-01-02", "2013-12-30"),
    ],
)
def test_days_around_holidays_by_hand(of, to_next, from_last, next_one, last_one, nyse):
    one = days(of)
    assert session_days.to_holiday(one, nyse).tolist() == [to_next]
    assert session_days.from_holiday(one, nyse).tolist() == [from_last]
    assert dates(session_days.next_session(one, nyse)) == [next_one]
    assert dates(session_days.last_session(one, nyse)) == [last_one]


def test_a_market_without_holidays_knows_weekends_at_most():
    friday = days("2013-11-29")
    assert dates(session_days.next_session(friday, none(weekend=False))) == ["2013-12-02"]
    assert dates(session_days.next_session(friday, none(weekend=True))) == ["2013-11-30"]
    for told in (none(weekend=False), none(weekend=True)):
        assert session_days.to_holiday(friday, told).tolist() == [session_days.FAR]
        assert session_days.from_holiday(friday, told).tolist() == [session_days.FAR]


@settings(max_examples=50, deadline=None)
@given(
    planned=st.sets(st.integers(0, 60), max_size=12),
    unplanned=st.sets(st.integers(0, 60), max_size=6),
    of=st.integers(0, 60),
)
def test_days_equal_brute_force(planned, unplanned, of):
    def open_on(one, closed):
        return (one + 3) % 7 < 5 and one not in closed

    planned = {one for one in planned if (one + 3) % 7 < 5}
    unplanned = {one for one in unplanned - planned if (one + 3) % 7 < 5}
    no = np.zeros(0, np.int64)
    told = Holidays("1111100", np.array(sorted(planned), np.int64), np.array(sorted(unplanned), np.int64), no, no)
    one = np.array([of])
    coming = [later for later in range(of, of + 31) if later in planned]
    past = [before for before in range(of + 1) if before in planned or (before in unplanned and before < of)]
    assert session_days.to_holiday(one, told)[0] == min([*(later - of for later in coming), 30])
    assert session_days.from_holiday(one, told)[0] == min([*(of - before for before in past), 30])
    assert session_days.next_session(one, told)[0] == next(n for n in range(of + 1, 200) if open_on(n, planned))
    before = next(n for n in range(of - 1, -200, -1) if open_on(n, planned | unplanned))
    assert session_days.last_session(one, told)[0] == before


def test_years_do_not_depend_on_the_range_asked_for(nyse):
    other = of_exchange("XNYS", 2013, 2017)
    for year in ("2012", "2013", "2014"):
        assert dates(other.planned, year) == dates(nyse.planned, year)
        assert dates(other.early, year) == dates(nyse.early, year)


def test_exchanges_are_asked_by_one_thread_at_a_time():
    """The package's warnings are errors here, so that a thread that lets them through fails."""
    codes = ["XLON", "XHKG", "CMES", "XETR"] * 2
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda code: of_exchange.__wrapped__(code, 2013, 2014), codes))
    london = ["01-01", "03-29", "04-01", "05-06", "05-27", "08-26", "12-25", "12-26"]
    assert dates(found[0].planned, "2013") == london
    for one, again in zip(found[:4], found[4:], strict=True):
        assert one.planned.tolist() == again.planned.tolist()
        assert one.early_ns.tolist() == again.early_ns.tolist()
