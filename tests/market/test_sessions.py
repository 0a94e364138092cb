"""Trading days, against brute force: one instant at a time with the standard library's zones."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import ParamsError
from assay.market.instruments import InstrumentParams, find
from assay.market.sessions import Hours, SessionParams, borders, days, hours

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE, DAY, HOUR_NS = 60, 86_400, 3_600 * 10**9
WEEKS = ["2013-03-08", "2013-11-01", "2024-06-28"]
"""Fridays: before both changes of the clocks in America, and before an ordinary weekend."""


def ns(*when):
    return np.array(when, "datetime64[ns]").astype(np.int64)


def day_by_hand(second, hours):
    """Try each date on the calendar: is the instant's wall clock within that date's session?"""
    wall = (EPOCH + timedelta(seconds=second)).astimezone(ZoneInfo(hours.zone)).replace(tzinfo=None)
    for shift in (0, 1):
        day = wall.date() + timedelta(days=shift)
        if day.weekday() > 4 and not hours.weekend_trading:
            continue
        midnight = datetime.combine(day, time())
        start = midnight + timedelta(seconds=hours.start_s, days=-1 if hours.start_s >= hours.end_s else 0)
        end = midnight + timedelta(seconds=hours.end_s)
        if day.weekday() == 4 and not hours.weekend_trading:
            end = min(end, midnight + timedelta(seconds=hours.friday_end_s))
        if start <= wall < end:
            return (day - date(1970, 1, 1)).days
    return -1


CLOCK = st.integers(0, 24 * 60 - 1).map(lambda minute: minute * MINUTE)
END = CLOCK.map(lambda s: s or DAY)


@given(
    made=st.builds(
        Hours, st.sampled_from(["America/Chicago", "America/New_York", "UTC"]), CLOCK, END, END, st.booleans()
    ),
    week=st.sampled_from(WEEKS),
    seconds=st.lists(st.integers(0, 8 * DAY), min_size=1, max_size=60),
)
@settings(deadline=None, max_examples=150)
def test_days_are_those_of_brute_force_over_changes_of_the_clock(made, week, seconds):
    start = int(ns(week)[0]) // 10**9
    at = [start + s for s in seconds] + [start + d * DAY + s for d in range(8) for s in (made.start_s, made.end_s)]
    expected = [day_by_hand(s, made) for s in at]
    assert days(np.array(at) * 10**9, made).tolist() == expected


@pytest.fixture(scope="module")
def es_hours():
    return hours(SessionParams(), find(InstrumentParams(symbol="ES")))


def test_es_trades_by_the_day_on_which_its_session_ends(es_hours):
    # Chicago is UTC-5 in summer: Sunday 2013-09-01 17:00 there is 22:00 UTC, and belongs to Monday.
    at = ns(
        "2013-09-01T21:59:59",
        "2013-09-01T22:00",
        "2013-09-02T21:14:59",
        "2013-09-02T21:15",
        "2013-09-02T22:00",
        "2013-09-06T21:14:59",
        "2013-09-06T21:15",
        "2013-09-06T22:00",
    )
    monday = (date(2013, 9, 2) - date(1970, 1, 1)).days
    assert days(at, es_hours).tolist() == [-1, monday, monday, -1, monday + 1, monday + 4, -1, -1]


def test_the_fx_example_of_params_yaml():
    params = SessionParams(session_start="00:00", session_end="21:55", friday_end="20:00", weekend_trading=False)
    fx = hours(params, find(InstrumentParams(symbol="EURUSD")))
    thursday = (date(2019, 2, 7) - date(1970, 1, 1)).days
    at = ns(
        "2019-02-07T21:54:59",
        "2019-02-07T21:55",
        "2019-02-08T19:59:59",
        "2019-02-08T20:00",
        "2019-02-09T12:00",
        "2019-02-10T23:00",
        "2019-02-11",
    )
    assert days(at, fx).tolist() == [thursday, -1, thursday + 1, -1, -1, -1, thursday + 4]


@pytest.mark.parametrize(("break_at", "first"), [("00:00", 0), ("17:00", 1)])
def test_start_equal_to_end_is_all_hours_with_the_break_there(break_at, first):
    params = SessionParams(session_start=break_at, session_end=break_at, weekend_trading=True)
    always = hours(params, find(InstrumentParams(symbol="EURUSD")))
    around = ns(f"2024-06-08T{break_at}") + np.array([0, 23, 24]) * HOUR_NS
    saturday = (date(2024, 6, 8) - date(1970, 1, 1)).days + first
    assert days(around, always).tolist() == [saturday, saturday, saturday + 1]


def test_coins_trade_on_sundays_and_on_friday_nights():
    coin = hours(SessionParams(), find(InstrumentParams(symbol="BTCUSDT")))
    assert (days(ns("2024-06-07T23:59", "2024-06-09"), coin) >= 0).all()
    closed = hours(SessionParams(weekend_trading=False), find(InstrumentParams(symbol="BTCUSDT")))
    assert days(ns("2024-06-09"), closed).tolist() == [-1]


@pytest.mark.parametrize("name", ["session_start", "session_end", "friday_end"])
@pytest.mark.parametrize("text", ["25:00", "24:01", "9:30", "16:60", "", "noon", "16:15:00", "-1:00"])
def test_what_is_no_time_of_day_is_one_line(name, text):
    with pytest.raises(ParamsError, match=f"{name} must be HH:MM"):
        hours(SessionParams.model_validate({name: text}), find(InstrumentParams()))


ZONES = ("UTC", "America/Chicago", "Europe/London", "Australia/Lord_Howe", "Africa/Monrovia")
"""Clocks that change by an hour, by half of one, and, until 1972, by 44 minutes and a half."""


@settings(deadline=None, max_examples=100)
@given(
    st.sampled_from(ZONES),
    *[st.integers(0, 1_439)] * 3,
    st.booleans(),
    st.sampled_from(["1970-01-01", "1972-01-06", "2013-03-09", "2013-10-05", "2024-06-28"]),
    st.integers(0, 5 * DAY),
)
def test_from_border_to_border_the_day_is_the_same(zone, start, end, friday, weekend, first, length):
    own = Hours(zone, start * MINUTE, end * MINUTE, friday * MINUTE, weekend)
    first_ns = int(ns(first)[0])
    last_ns = first_ns + length * 10**9
    found = borders(first_ns, last_ns, own)
    assert found[0] == first_ns
    assert found[-1] <= last_ns
    instants = np.union1d(np.arange(first_ns, last_ns + 1, 30 * 10**9), np.concatenate((found, found[1:] - 1)))
    place = np.searchsorted(found, instants, side="right") - 1
    assert np.array_equal(days(instants, own), days(found, own)[place])
