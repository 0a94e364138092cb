from __future__ import annotations

from datetime import UTC, datetime
from math import cos, pi, sin
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from assay.errors import ParamsError
from assay.features import calendar
from assay.features.inputs import Inputs
from assay.features.params.time import CalendarParams
from assay.market.instruments import Instrument
from assay.market.sessions import SessionParams, days, hours

SHARE = Instrument(
    symbol="SHARE",
    kind="equity",
    tick_size=0.01,
    zone="America/New_York",
    session_start="09:30",
    session_end="16:00",
    friday_end="16:00",
)
COIN = Instrument(symbol="COIN", kind="crypto", tick_size=0.01, weekend_trading=True)


def at(moments, instrument, exchange="auto"):
    """The calendar's features of bars that close at some moments."""
    stamp = pl.DataFrame({"closed_at": [moment.astimezone(UTC) for moment in moments]}).cast(pl.Datetime("ns", "UTC"))
    own = hours(SessionParams(), instrument)
    named = days(stamp["closed_at"].to_physical().to_numpy() - 1, own)
    x = Inputs(stamp.with_columns(session=pl.Series(named).cast(pl.Int32).cast(pl.Date)), instrument, own)
    return {entry.name: entry.function(x).tolist() for entry in calendar.features(CalendarParams(exchange=exchange))}


def new_york(*parts):
    return datetime(*parts, tzinfo=ZoneInfo("America/New_York"))


# NYSE, "Holidays & Trading Hours": Thanksgiving 2013-11-28 closed, the day after until 13:00 New York.
def test_thanksgiving_2013_in_new_york():
    moments = [new_york(2013, 11, day, hour, 30) for day, hour in ((26, 11), (27, 11), (29, 11), (29, 12))]
    found = at([*moments, new_york(2013, 12, 2, 16, 0)], SHARE)
    assert found["days_to_holiday"] == [2, 1, 26, 26, 23]
    assert found["days_from_holiday"] == [30, 30, 1, 1, 4]
    assert found["is_before_holiday"] == [0, 1, 0, 0, 0]
    assert found["is_after_holiday"] == [0, 0, 1, 1, 0]
    assert found["days_to_session"] == [1, 2, 3, 3, 1]
    assert found["days_from_session"] == [1, 1, 2, 2, 3]
    assert found["is_early_close"] == [0, 0, 1, 1, 0]
    assert found["minutes_to_close"] == [270, 270, 90, 30, 0]
    assert found["is_exchange_open"] == [1, 1, 1, 1, 1]


def test_after_an_early_close_the_exchange_is_shut():
    found = at([new_york(2013, 11, 29, 13, 0), new_york(2013, 11, 29, 13, 1)], SHARE)
    assert found["is_exchange_open"] == [1, 0]
    assert found["minutes_to_close"] == [0, -1]


def test_a_storm_is_no_holiday_before_it_came():
    """NYSE closed for Hurricane Sandy on 29 and 30 October 2012, decided the evening before."""
    found = at([new_york(2012, 10, 26, 15, 0), new_york(2012, 10, 31, 15, 0)], SHARE)
    assert found["days_to_session"] == [3, 1]
    assert found["is_before_holiday"] == [0, 0]
    assert found["days_from_holiday"] == [30, 1]
    assert found["is_after_holiday"] == [0, 1]


def test_a_market_that_never_closes_has_no_holidays():
    found = at([datetime(2013, 12, 24, 12, tzinfo=UTC), datetime(2013, 12, 28, 12, tzinfo=UTC)], COIN)
    assert found["days_to_holiday"] == found["days_from_holiday"] == [30, 30]
    assert found["days_to_session"] == found["days_from_session"] == [1, 1]
    assert found["minutes_to_close"] == [720, 720]
    assert found["is_exchange_open"] == [1, 1]


def test_the_exchange_can_be_another_one():
    """London is closed on Boxing Day, New York is not."""
    eve = [new_york(2013, 12, 24, 10, 0)]
    assert at(eve, SHARE)["days_to_session"] == [2]
    assert at(eve, SHARE, "XLON")["days_to_session"] == [3]
    assert at(eve, SHARE, "24/5")["days_to_holiday"] == [30]
    with pytest.raises(ParamsError, match=r"features.calendar.exchange: must be a calendar; found 'XNYC'; .*XNYS"):
        at(eve, SHARE, "XNYC")


def test_places_in_month_and_year():
    found = at([new_york(2013, 3, 1, 10, 0), new_york(2013, 3, 15, 10, 0)], SHARE)
    assert (found["month_sin"][0], found["month_cos"][0]) == (0.0, 1.0)
    assert found["month_sin"][1] == pytest.approx(sin(2 * pi * 14 / 31))
    assert found["year_sin"][1] == pytest.approx(sin(2 * pi * 73 / 366))
    assert found["year_cos"][1] == pytest.approx(cos(2 * pi * 73 / 366))


def test_a_bar_does_not_depend_on_the_years_around_it():
    lone, told = new_york(2013, 12, 31, 10, 0), [new_york(2011, 6, 1, 10, 0), new_york(2013, 12, 31, 10, 0)]
    later = [*told, new_york(2016, 6, 1, 10, 0)]
    for values, more, most in zip(*(at(moments, SHARE).values() for moments in ([lone], told, later)), strict=True):
        assert np.array_equal([values[0], values[0]], [more[1], most[1]])
