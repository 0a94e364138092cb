from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from assay.market.calendars import MINUTE_NS, calendar
from assay.sources.health import pair
from assay.sources.health.part import part
from assay.sources.health.report import merged

from .conftest import NO_FLAGS, TIME, bars_of, quotes_of

HOUR = 60 * MINUTE_NS
NOTHING = np.empty(0, np.int64)


def ns(text: str) -> int:
    return int(np.datetime64(text, "ns").astype(np.int64))


def clock_of(frame, kind, name) -> dict:
    found = calendar(name)
    return merged([part(frame, kind, found)], kind, found, {}, frame.height)


def by_calendar(frame, kind, name) -> dict[str, float]:
    return {season: one["shift_hours"] for season, one in clock_of(frame, kind, name)["clock"]["by_calendar"].items()}


def reread(times_ns, wrong: str, declared: str = "UTC") -> np.ndarray:
    """Return instants as they are read by somebody who takes a wrong zone's clock for the declared one's."""
    walls = pl.Series(times_ns).cast(TIME).dt.convert_time_zone(wrong).dt.replace_time_zone(None)
    read = walls.dt.replace_time_zone(declared, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
    return read.drop_nulls().to_physical().to_numpy()


def open_minutes(name: str) -> np.ndarray:
    """Return the first instant of every open minute of 2019."""
    minutes = np.arange(ns("2019-01-01"), ns("2020-01-01"), MINUTE_NS)
    return minutes[calendar(name).is_open(minutes)]


YEAR = open_minutes("24/5")[::5]
SHARES = open_minutes("XNYS")


def test_a_right_clock_is_not_suspected():
    assert by_calendar(quotes_of(YEAR), "quotes", "24/5") == {"winter": 0.0, "summer": 0.0}
    assert by_calendar(bars_of(SHARES, MINUTE_NS), "ohlcv", "XNYS") == {"winter": 0.0, "summer": 0.0}


@pytest.mark.parametrize(
    ("wrong", "shifts"),
    [
        ("Etc/GMT+5", {"winter": 5.0, "summer": 5.0}),
        ("Etc/GMT-3", {"winter": -3.0, "summer": -3.0}),
        ("America/New_York", {"winter": 5.0, "summer": 4.0}),
        ("Asia/Kolkata", {"winter": -5.5, "summer": -5.5}),
    ],
)
def test_planted_zones_are_found(wrong, shifts):
    assert by_calendar(quotes_of(reread(YEAR, wrong)), "quotes", "24/5") == shifts
    assert by_calendar(bars_of(reread(SHARES, wrong), MINUTE_NS), "ohlcv", "XNYS") == shifts


def test_a_clock_that_is_right_in_winter_only_is_found():
    """Summer time declared, but the clock stays at UTC-5."""
    read = np.unique(reread(SHARES, "Etc/GMT+5", "America/New_York"))
    assert by_calendar(bars_of(read, MINUTE_NS), "ohlcv", "XNYS") == {"winter": 0.0, "summer": 1.0}


def test_hours_before_and_after_the_session_do_not_hide_a_wrong_clock():
    generator = np.random.default_rng(1)
    early = SHARES - 5 * HOUR
    times = np.sort(np.concatenate([np.repeat(SHARES, 5), early]) + generator.integers(0, MINUTE_NS, 6 * SHARES.size))
    assert by_calendar(quotes_of(times), "quotes", "XNYS") == {"winter": 0.0, "summer": 0.0}
    assert by_calendar(quotes_of(reread(times, "Etc/GMT+5")), "quotes", "XNYS") == {"winter": 5.0, "summer": 5.0}


def test_days_and_markets_that_never_close_say_nothing():
    days = np.arange(ns("2019-01-01"), ns("2020-01-01"), 24 * HOUR)
    assert by_calendar(bars_of(days, 24 * HOUR), "ohlcv", "XNYS") == {}
    assert by_calendar(quotes_of(YEAR), "quotes", "24/7") == {}


# README of the data: FXCM's clock is UTC-5 the whole year; +5 h gives a correlation of 0.99, no other above 0.03.
def test_the_clock_of_fxcm_is_found_by_calendar_and_by_oanda(fx):
    fxcm, oanda = fx("fxcm"), fx("oanda")
    assert by_calendar(fxcm, "quotes", "24/5") == {"summer": 5.0}
    assert by_calendar(oanda, "quotes", "24/5") == {"summer": 0.0}
    found = pair.merged([pair.part(fxcm, oanda)])
    assert found["shift_hours"] == 5.0
    assert found["correlation"] == pytest.approx(0.99, abs=0.005)
    assert found["correlation_next"] < 0.03
    assert pair.finding(found, "oanda") == (
        "clock: +5 h on all times give a correlation of 0.99 with oanda, as they are 0.01"
    )
    assert pair.merged([pair.part(oanda, fxcm)])["shift_hours"] == -5.0


# README of the data: hours 3, 11, 19 of a clock at UTC+3 (KuCoin, which pays at 4, 12 and 20 UTC: 7, 15, 23).
@pytest.mark.parametrize(
    ("venue", "shift"),
    [("binance", -3.0), ("bybit", -3.0), ("htx", -3.0), ("mexc", -3.0), ("kucoin", 1.0), ("gate", 0.0)],
)
def test_the_hours_of_funding_show_the_clock(shared, venue, shift):
    report = clock_of(funding(shared, venue), "funding", "24/7")
    assert report["clock"]["by_funding"]["shift_hours"] == shift
    assert len(report["findings"]) == (shift != 0)


def test_hourly_funding_shows_no_clock(shared):
    assert "by_funding" not in clock_of(funding(shared, "dydx"), "funding", "24/7")["clock"]


def funding(shared, venue) -> pl.DataFrame:
    frame = pl.read_csv(next((shared / "funding").glob(f"BTC-USDT_{venue}_*.csv")))
    times = pl.col("Date").str.slice(0, 19).str.to_datetime(time_unit="ns", time_zone="UTC").alias("time")
    return frame.select(times, pl.col("Funding Rate").alias("rate"), NO_FLAGS).sort("time")


def walk(n=3_000, seed=4) -> tuple[np.ndarray, np.ndarray]:
    prices = 100.0 * np.cumprod(1.0 + 1e-4 * np.random.default_rng(seed).standard_normal(n))
    return ns("2019-03-04") + MINUTE_NS * np.arange(n), prices


@pytest.mark.parametrize("shift", [-14.0, -0.5, 0.0, 9.0])
def test_planted_shifts_between_two_sources_are_found(shift):
    times, prices = walk()
    left, right = quotes_of(times - int(shift * HOUR), prices), quotes_of(times, prices + 0.001)
    found = pair.merged([pair.part(left, right)])
    assert found["shift_hours"] == shift
    assert found["correlation"] > 0.99
    assert (pair.finding(found, "x") == "") == (shift == 0.0)


def test_parts_of_a_pair_add_up_to_the_correlation_of_numpy():
    times, prices = walk()
    other = prices + np.random.default_rng(5).standard_normal(prices.size) * 0.002
    parts = [pair.part(quotes_of(times[cut], prices[cut]), quotes_of(times[cut], other[cut])) for cut in halves(3_000)]
    returns = [np.delete(series[1:] / series[:-1] - 1.0, 1_499) for series in (prices + 1e-5, other + 1e-5)]
    assert pair.merged(parts)["correlation"] == pytest.approx(np.corrcoef(*returns)[0, 1], abs=1e-4)
    assert pair.merged(parts)["n_minutes"] == 2_998


def halves(n) -> tuple[slice, slice]:
    return slice(0, n // 2), slice(n // 2, n)


def test_two_sources_that_have_nothing_in_common_show_no_clock():
    times, prices = walk()
    found = pair.merged([pair.part(quotes_of(times, prices), quotes_of(times, walk(seed=9)[1]))])
    assert set(found.values()) == {None}
    assert pair.finding(found, "x") == ""
    assert set(pair.merged([pair.part(quotes_of(NOTHING), quotes_of(times, prices))]).values()) == {None}
