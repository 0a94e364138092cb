from __future__ import annotations

from datetime import UTC, date, datetime
from math import cos, pi, sin
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from assay.features.catalogue import catalogue
from assay.features.inputs import Inputs
from assay.features.params import FeatureParams
from assay.market.sessions import Hours, days

ENTRIES = {entry.name: entry for entry in catalogue(FeatureParams()) if entry.group == "time"}
ALL_DAY = Hours("UTC", 0, 86_400, 86_400, weekend_trading=True)
FOREX = Hours("UTC", 0, 21 * 3600 + 55 * 60, 20 * 3600, weekend_trading=False)
BROKEN_BY_AN_HOUR = Hours("America/New_York", 17 * 3600, 17 * 3600, 17 * 3600, weekend_trading=False)


def at(moment, hours, instrument):
    """The time features of a bar that closes at a moment, its session by the calendar of the market."""
    stamp = pl.DataFrame({"closed_at": [moment]}).cast(pl.Datetime("ns", "UTC"))
    day = days(stamp["closed_at"].to_physical().to_numpy(), hours)
    bars = stamp.with_columns(session=pl.Series(day).cast(pl.Int32).cast(pl.Date))
    x = Inputs(bars, instrument, hours)
    return {name: float(entry.function(x)[0]) for name, entry in ENTRIES.items()}


def chicago(*parts):
    return datetime(*parts, tzinfo=ZoneInfo("America/Chicago")).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "hours_of", "from_start", "to_end"),
    [
        (chicago(2013, 9, 1, 17, 0), None, 0, 1395),
        (chicago(2013, 9, 2, 0, 30), None, 450, 945),
        (chicago(2013, 9, 3, 16, 14), None, 1394, 1),
        (chicago(2013, 9, 6, 15, 0), None, 1320, 15),
        (datetime(2019, 2, 5, 21, 0, tzinfo=UTC), FOREX, 1260, 55),
        (datetime(2019, 2, 8, 19, 0, tzinfo=UTC), FOREX, 1140, 60),
        (datetime(2022, 12, 10, 23, 59, tzinfo=UTC), ALL_DAY, 1439, 1),
        (datetime(2019, 2, 5, 22, 0, tzinfo=UTC), BROKEN_BY_AN_HOUR, 0, 1440),
        (datetime(2019, 2, 6, 21, 59, tzinfo=UTC), BROKEN_BY_AN_HOUR, 1439, 1),
    ],
)
def test_place_in_the_session(moment, hours_of, from_start, to_end, hours, instrument):
    found = at(moment, hours_of or hours, instrument)
    assert found["minutes_from_start"] == from_start
    assert found["minutes_to_end"] == to_end


@pytest.mark.parametrize("moment", [chicago(2013, 1, 15, 9, 45), chicago(2013, 7, 15, 9, 45)])
def test_the_clock_is_the_exchange_s_in_winter_and_summer(moment, hours, instrument):
    found = at(moment, hours, instrument)
    assert found["hour_sin"] == pytest.approx(sin(2 * pi * 9.75 / 24))
    assert found["hour_cos"] == pytest.approx(cos(2 * pi * 9.75 / 24))


def test_sunday_evening_is_monday(hours, instrument):
    assert date(2013, 9, 2).weekday() == 0
    found = at(chicago(2013, 9, 1, 18, 0), hours, instrument)
    assert (found["dow_sin"], found["dow_cos"]) == (0.0, 1.0)
    friday = at(chicago(2013, 9, 6, 10, 0), hours, instrument)
    assert friday["dow_sin"] == pytest.approx(sin(2 * pi * 4 / 7))
    assert friday["dow_cos"] == pytest.approx(cos(2 * pi * 4 / 7))
