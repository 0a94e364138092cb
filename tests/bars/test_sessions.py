"""The trading day of OHLCV rows, by hand on the clocks of their markets."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from assay.bars.row_health import row_health
from assay.bars.rows import table_of
from assay.bars.sessions import row_days
from assay.errors import DataError
from assay.market.instruments import InstrumentParams, find
from assay.market.sessions import SessionParams, days, hours

from .test_rows import DAY_NS, MINUTE_NS, ohlcv

HOUR_NS = 60 * MINUTE_NS


def hours_of(symbol, **given):
    return hours(SessionParams(**given), find(InstrumentParams(symbol=symbol)))


def at(text, zone):
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 10**9


def day_of(symbol, text, length_ns, zone, **given):
    (found,) = row_days(ohlcv([at(text, zone)], length_ns), hours_of(symbol, **given))
    return str(np.datetime64(int(found), "D")) if found >= 0 else None


@pytest.mark.parametrize(
    ("symbol", "text", "length_ns", "zone", "day"),
    [
        ("SPY", "2020-06-01 00:00", DAY_NS, "America/New_York", "2020-06-01"),  # Monday, midnight to midnight
        ("SPY", "2020-06-01 00:00", DAY_NS, "UTC", "2020-06-01"),
        ("SPY", "2020-06-01 09:30", 13 * HOUR_NS // 2, "America/New_York", "2020-06-01"),
        ("SPY", "2020-06-01 09:00", HOUR_NS, "America/New_York", "2020-06-01"),  # half of it before the opening
        ("SPY", "2020-06-01 08:00", HOUR_NS, "America/New_York", None),
        ("SPY", "2020-06-06 00:00", DAY_NS, "America/New_York", None),  # Saturday
        ("ES", "2020-06-01 17:00", HOUR_NS, "America/Chicago", "2020-06-02"),
        ("ES", "2020-06-01 16:00", HOUR_NS, "America/Chicago", "2020-06-01"),  # the session ends at 16:15
        ("ES", "2020-06-01 00:00", DAY_NS, "UTC", "2020-06-01"),  # two sessions: most of it lies in Monday's
        ("ES", "2020-05-31 00:00", DAY_NS, "UTC", "2020-06-01"),  # Sunday evening is Monday's
        ("EURUSD", "2020-05-31 00:00", DAY_NS, "UTC", None),
        ("BTCUSDT", "2020-06-06 00:00", DAY_NS, "UTC", "2020-06-06"),
    ],
)
def test_a_row_belongs_to_the_session_it_mostly_lies_in(symbol, text, length_ns, zone, day):
    assert day_of(symbol, text, length_ns, zone) == day


def test_minutes_have_the_days_of_their_instants():
    opened = at("2020-05-29 00:00", "UTC") + np.arange(5 * 24 * 60) * MINUTE_NS
    session = hours_of("ES")
    assert np.array_equal(row_days(ohlcv(opened), session), days(opened, session))


def test_ticks_have_the_days_of_their_times(trades):
    times = at("2020-06-01 12:00", "UTC") + np.arange(3) * 10**9
    session = hours_of("ES")
    assert np.array_equal(row_days(trades(times, [1.0, 1, 1]), session), days(times, session))


@pytest.mark.parametrize("late_s", [(3 * 86_400, 5, 0), (0, 5, 4), (0, 0, 3 * 86_400, 5)])
def test_ticks_whose_times_go_back_are_refused(trades, late_s):
    """Borders of sessions are looked up in their times: of these none could be found, and days would be anything."""
    times = at("2020-06-01 12:00", "UTC") + np.array(late_s) * 10**9
    with pytest.raises(DataError, match=r"^bars: ticks and rows come in order of time; .* 2020-06-01T12:00:0[45]"):
        row_days(trades(times, [1.0] * len(late_s)), hours_of("ES"))


def test_rows_in_and_out_of_sessions_are_counted_and_late_ones_told():
    opened = at("2020-06-01 08:00", "America/New_York") + np.arange(10) * HOUR_NS
    rows = ohlcv(opened, HOUR_NS, lag_ns=np.array([0] * 4 + [2 * 10**9] * 6))
    session = hours_of("SPY")
    found = row_days(rows, session)
    report = row_health(rows, found, session)["rows"]
    assert (report["n_rows"], report["n_rows_in_session"], report["n_rows_outside_session"]) == (10, 7, 3)
    assert report["rules"]["partly_outside_session_taken_whole"] == 1
    assert (report["rules"]["known_late"], report["rules"]["stale_open"]) == (4, 3)
    assert report["longest_lag_seconds"] == 2
    assert report["warnings"] == []


def test_of_ticks_there_is_nothing_to_tell_about_rows(trades):
    assert row_health(trades([0], [1.0]), np.zeros(1, np.int64), hours_of("ES")) == {}


def test_the_table_of_rows_is_told_by_its_columns(trades, quotes):
    kinds = [table_of(frame).name for frame in (trades([0], [1]), quotes([0], [1], [2], [1], [1]), ohlcv([0]))]
    assert kinds == ["trades", "quotes", "ohlcv"]
    assert table_of(pl.DataFrame({"split": [2.0]})).name == "actions"


@pytest.mark.parametrize("frame", ["rows", "ticks"])
def test_rows_older_than_the_days_that_are_counted_are_refused_and_not_taken_for_closed_hours(frame, trades):
    """IBM was traded at 10:00 in New York on Wednesday, 3 January 1968."""
    time_ns = at("1968-01-03 10:00", "America/New_York")
    prices = ohlcv([time_ns], HOUR_NS) if frame == "rows" else trades([time_ns], [620.0])
    with pytest.raises(DataError, match="bars: rows lie in 1970 or later; found 1 older ones"):
        row_days(prices, hours_of("IBM"))
