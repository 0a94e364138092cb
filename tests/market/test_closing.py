"""Time to a session's end: published hours and early closes, clocks that change, markets that never close."""

import numpy as np
import pytest

from assay.market.calendars import ALWAYS, calendar
from assay.market.closing import ns_to_close
from assay.market.instruments import InstrumentParams, find
from assay.market.sessions import SessionParams, days, hours

MINUTE_NS = 60_000_000_000


def ns(text):
    return int(np.datetime64(text, "ns").astype(np.int64))


def minutes_left(symbol, *instants, **session):
    instrument = find(InstrumentParams(symbol=symbol))
    own = hours(SessionParams(**session), instrument)
    at = np.array([ns(text) for text in instants])
    left = ns_to_close(at, days(at, own), own, calendar("auto", instrument))
    return (left / MINUTE_NS).tolist()


def test_new_york_closes_at_four_and_at_one_after_thanksgiving_2013():
    """NYSE, "Holidays & Trading Hours": 2013-11-29 until 13:00 New York, which is 18:00 UTC."""
    found = minutes_left("AAPL", "2013-11-27T20:30", "2013-11-29T17:59", "2013-11-29T18:30", "2013-12-02T14:30")
    assert found == [30.0, 1.0, -30.0, 390.0]


def test_chicago_futures_close_at_noon_on_independence_day_2024():
    """CME Group: equity futures halt at 12:00 Chicago on 2024-07-04, 17:00 UTC; on other days here at 16:15."""
    found = minutes_left("ES", "2024-07-03T20:15", "2024-07-03T23:00", "2024-07-04T16:45", "2024-07-05T21:00")
    assert found == [60.0, 18 * 60.0, 15.0, 15.0]


def test_shorter_hours_of_the_user_go_before_those_of_the_exchange():
    assert minutes_left("ES", "2024-07-02T19:30", session_start="08:30", session_end="15:00") == [30.0]


@pytest.mark.parametrize("at", ["2024-03-08T20:00", "2024-03-11T19:00", "2024-11-01T19:00", "2024-11-04T20:00"])
def test_the_clock_is_that_of_the_exchange_in_summer_and_winter(at):
    assert minutes_left("AAPL", at) == [60.0]


def test_currencies_end_at_their_own_hour_and_earlier_on_friday():
    assert minutes_left("EURUSD", "2024-01-04T21:25", "2024-01-05T19:30") == [30.0, 30.0]


def test_a_market_that_never_closes_ends_its_day_at_midnight():
    assert minutes_left("BTCUSDT", "2024-01-06T00:00", "2024-01-06T23:59") == [1440.0, 1.0]


def test_no_instant():
    instrument = find(InstrumentParams(symbol="ES"))
    none = np.empty(0, np.int64)
    assert ns_to_close(none, none, hours(SessionParams(), instrument), calendar(ALWAYS)).size == 0
