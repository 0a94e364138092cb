from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import DataError, ParamsError
from assay.market.calendars import ALWAYS, MINUTE_NS, WEEKDAYS, Calendar, calendar
from assay.market.instruments import InstrumentParams, find
from assay.market.intervals import joined, open_ns
from assay.market.sessions import SessionParams, days, hours

HOUR = 60 * MINUTE_NS
DAY = 24 * HOUR


def ns(text: str) -> int:
    return int(np.datetime64(text, "ns").astype(np.int64))


def shown(intervals) -> list[tuple[str, str]]:
    return [tuple(str(np.datetime64(int(at), "ns"))[:16] for at in pair) for pair in intervals]


# NYSE, "Holidays & Trading Hours": Thanksgiving 2013-11-28 closed, the day after until 13:00 New York.
def test_new_york_thanksgiving_2013_as_the_exchange_published_it():
    found = calendar("XNYS").open_intervals(ns("2013-11-27"), ns("2013-12-03"))
    assert shown(found) == [
        ("2013-11-27T14:30", "2013-11-27T21:00"),
        ("2013-11-29T14:30", "2013-11-29T18:00"),
        ("2013-12-02T14:30", "2013-12-02T21:00"),
    ]


# HKEX, "Trading Hours": 9:30 to 12:00 and 13:00 to 16:00, UTC+8.
def test_hong_kong_breaks_for_lunch():
    assert shown(calendar("XHKG").open_intervals(ns("2013-11-27"), ns("2013-11-28"))) == [
        ("2013-11-27T01:30", "2013-11-27T04:00"),
        ("2013-11-27T05:00", "2013-11-27T08:00"),
    ]


# CME Group, "Labor Day holiday schedule 2013": equity index futures halt at 12:00 Chicago.
def test_a_future_has_its_own_hours_and_the_holidays_of_cme():
    found = calendar("auto", find(InstrumentParams(symbol="ES"))).open_intervals(ns("2013-08-31"), ns("2013-09-04"))
    assert shown(found) == [
        ("2013-09-01T22:00", "2013-09-02T17:00"),
        ("2013-09-02T22:00", "2013-09-03T21:15"),
        ("2013-09-03T22:00", "2013-09-04T00:00"),
    ]


@pytest.mark.parametrize(
    ("symbol", "name"), [("EURUSD", WEEKDAYS), ("BTCUSDT", ALWAYS), ("SPY", "XNYS"), ("ES", "hours of ES CMES")]
)
def test_auto_goes_by_the_instrument(symbol, name):
    assert calendar("auto", find(InstrumentParams(symbol=symbol))).name == name


@pytest.mark.parametrize(("source", "name"), [("dukascopy", WEEKDAYS), ("yahoo", "XNYS"), ("binance", ALWAYS)])
def test_auto_goes_by_the_source_where_the_instrument_is_unknown(source, name):
    assert calendar("auto", None, source).name == name


def test_a_share_of_another_exchange_has_its_own_hours():
    own = {
        "kind": "equity",
        "tick_size": 0.01,
        "zone": "Europe/Berlin",
        "session_start": "09:00",
        "session_end": "17:30",
    }
    found = calendar("auto", find(InstrumentParams(symbol="SAP", table={"SAP": own})))
    assert (found.exchange, found.zone) == ("", "Europe/Berlin")
    assert shown(found.open_intervals(ns("2024-07-05"), ns("2024-07-08T08:00"))) == [
        ("2024-07-05T07:00", "2024-07-05T15:30"),
        ("2024-07-08T07:00", "2024-07-08T08:00"),
    ]


def fx_open(time_ns: int) -> bool:
    local = datetime.fromtimestamp(time_ns // 10**9, UTC).astimezone(ZoneInfo("America/New_York"))
    of_week = ((local.weekday() + 1) % 7, local.hour)
    return (0, 17) <= of_week < (5, 17)


@settings(deadline=None, max_examples=200)
@given(st.integers(ns("2000-01-01"), ns("2030-01-01")))
def test_currencies_trade_from_sunday_to_friday_17_new_york_brute_force(time_ns):
    assert calendar(WEEKDAYS).is_open(np.array([time_ns]))[0] == fx_open(time_ns)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 300), st.sampled_from(["NQ", "CL", "USDJPY", "AAPL"]))
def test_hours_of_the_week_are_those_of_sessions(day, symbol):
    instrument = find(InstrumentParams(symbol=symbol))
    own = hours(SessionParams(), instrument)
    time_ns = ns("2021-02-01") + day * DAY + np.arange(0, 3 * DAY, 15 * MINUTE_NS)
    assert np.array_equal(Calendar("own", own).is_open(time_ns), days(time_ns, own) >= 0)


@pytest.mark.parametrize("name", [ALWAYS, WEEKDAYS, "XNYS", "XHKG", "CMES"])
@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 90 * 1440), min_size=2, max_size=6, unique=True))
def test_a_range_cut_anywhere_has_the_same_open_hours(name, cuts):
    found = calendar(name)
    edges = [ns("2019-11-15") + cut * MINUTE_NS for cut in sorted(cuts)]
    pieces = [found.open_intervals(begin, end) for begin, end in pairwise(edges)]
    whole = found.open_intervals(edges[0], edges[-1])
    assert np.array_equal(joined(np.concatenate(pieces)), whole)
    assert found.is_open(whole - [0, 1]).all()
    assert not found.is_open(whole[:-1, 1]).any()


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.integers(0, 200), max_size=12, unique=True),
    st.lists(st.tuples(st.integers(-20, 230), st.integers(-20, 230)), min_size=1, max_size=8),
)
def test_open_time_between_instants_brute_force(edges, spans):
    edges = sorted(edges[: len(edges) // 2 * 2])
    intervals = np.array(edges, np.int64).reshape(-1, 2)
    begin, end = np.array([sorted(span) for span in spans], np.int64).T
    expected = [
        sum(any(a <= t < b for a, b in intervals) for t in range(x, y)) for x, y in zip(begin, end, strict=True)
    ]
    assert open_ns(intervals, begin, end).tolist() == expected


def test_the_last_year_that_a_calendar_knows_is_served():
    shanghai = calendar("XSHG")
    assert len(shanghai.open_intervals(ns("2026-01-05"), ns("2026-01-06"))) == 2


def test_nothing_is_open_in_an_empty_range():
    assert calendar("XNYS").open_intervals(ns("2013-11-28"), ns("2013-11-29")).shape == (0, 2)
    assert calendar("XNYS").open_intervals(ns("2013-11-27"), ns("2013-11-27")).shape == (0, 2)
    assert calendar(ALWAYS).is_open(np.empty(0, np.int64)).size == 0


def test_unknown_names_are_refused_with_the_nearest():
    with pytest.raises(ParamsError, match=r"data\.calendar: must be a calendar; found 'XNYZ'.*XNYS"):
        calendar("XNYZ")


def test_years_whose_holidays_are_unknown_are_refused():
    with pytest.raises(DataError, match="must know the years"):
        calendar("XHKG").open_intervals(ns("1950-01-02"), ns("1950-01-03"))
