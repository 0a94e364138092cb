"""Times: forms, units, zones, offsets, and clocks that skip or repeat."""

import zipfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import DataError, ParamsError
from assay.sources.files.cells import Place
from assay.sources.files.forms import FRACTION, Form, forms_of
from assay.sources.files.times import Clock, explicit, later, utc
from assay.tables.table import TIME
from tests.sources.files.loaded import load

FILE = Place(Path("ticks.csv"))


def converted(times, unit, zone):
    form = forms_of(times)[0] if unit == "auto" else explicit(unit, times, FILE)
    return utc(times, Clock(form, zone), FILE)


def instants(values, unit="iso", zone="UTC", dtype=None):
    times = converted(pl.Series("t", values, dtype=dtype), unit, zone)
    assert times.dtype == TIME
    return times.dt.strftime("%Y-%m-%d %H:%M:%S%.f").to_list()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2013-09-01 17:00:00.083", "2013-09-01 17:00:00.083"),
        ("2013-09-01T17:00:00", "2013-09-01 17:00:00"),
        ("2013-09-01T17:00:00.123456789", "2013-09-01 17:00:00.123456789"),
        ("2013-09-01T17:00:00Z", "2013-09-01 17:00:00"),
        ("2013-09-01T17:00:00.5-05:00", "2013-09-01 22:00:00.500"),
        ("2013-09-01 17:00:00+0200", "2013-09-01 15:00:00"),
    ],
)
def test_iso_text(text, expected):
    assert instants([text]) == [expected]


@pytest.mark.parametrize(("unit", "factor"), [("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)])
@pytest.mark.parametrize("dtype", [pl.Int64, pl.UInt64, pl.String])
def test_whole_numbers_of_every_unit(unit, factor, dtype):
    value = 1_378_072_800 * factor
    assert instants([str(value) if dtype == pl.String else value], unit, dtype=dtype) == ["2013-09-01 22:00:00"]


def test_timestamps_with_and_without_a_zone():
    wall = pl.Series(["2013-09-01 17:00:00"]).str.to_datetime()
    for unit in ("ms", "us", "ns"):
        assert instants(wall.dt.cast_time_unit(unit), zone="America/Chicago") == ["2013-09-01 22:00:00"]
    own = wall.dt.replace_time_zone("Asia/Tokyo")
    assert instants(own, zone="America/Chicago") == ["2013-09-01 08:00:00"]
    assert instants(wall.dt.date()) == ["2013-09-01 00:00:00"]


WALLS = st.datetimes(datetime(1990, 1, 1), datetime(2035, 1, 1))  # noqa: DTZ001 - what a wall clock shows
ZONES = st.sampled_from(["America/Chicago", "Europe/London", "Asia/Tokyo", "Etc/GMT+5", "UTC"])


@settings(deadline=None, max_examples=200)
@given(WALLS, ZONES)
def test_zones_agree_with_zoneinfo_or_refuse_what_is_not_unique(wall, zone):
    both = {wall.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)}
    if len(both) > 1:
        with pytest.raises(DataError, match="exactly once"):
            instants([wall.isoformat()], zone=zone)
        return
    times = converted(pl.Series("t", [wall.isoformat()]), "iso", zone)
    assert times.dt.cast_time_unit("us").to_list() == list(both)


@pytest.mark.parametrize("text", ["2013-03-10 02:30:00", "2013-11-03 01:30:00"], ids=["skipped", "shown twice"])
def test_summer_time_gaps_and_repeats_name_row_and_remedy(text):
    rule = f"row 2: clocks in America/Chicago show each time exactly once; found '?{text}.*Etc/GMT"
    with pytest.raises(DataError, match=rule):
        instants(["2013-01-01 00:00:00", text], zone="America/Chicago")


def test_fxcm_clock_is_utc_minus_5_the_whole_year():
    found = instants(["2014-01-15 12:00:00", "2014-07-15 12:00:00"], zone="Etc/GMT+5")
    assert found == ["2014-01-15 17:00:00", "2014-07-15 17:00:00"]


def test_an_unknown_zone_is_refused():
    with pytest.raises(ParamsError, match=r"data\.time_zone: must be a known zone; found Mars/Olympus"):
        instants(["2013-01-01 00:00:00"], zone="Mars/Olympus")


@pytest.mark.parametrize(
    ("values", "unit", "dtype", "rule"),
    [
        ([1, 2], "iso", None, "t must hold ISO times; found type Int64; set data.time_unit"),
        ([1.5, 2.0], "s", None, "t must hold whole numbers of s; found type Float64"),
        (["1.5"], "s", None, "row 1: t must hold a time; found '1.5'"),
        (["2013-01-01 00:00:00", "01/02/2013"], "iso", None, "row 2: t must hold a time; found '01/02/2013'"),
        (["2013-01-01 00:00:00", "2013-01-01T00:00:00Z"], "iso", None, "row 2: t must hold a time"),
        (["2013-01-01 12:59:60.5"], "iso", None, "row 1: t must hold a time; found '2013-01-01 12:59:60.5'"),
        (["2013-01-01T12:59:60Z"], "iso", None, "row 1: t must hold a time"),
        ([timedelta(days=1)], "iso", None, "t must hold ISO times; found type Duration"),
        ([time(12)], "iso", None, "t must hold ISO times; found type Time"),
        ([True], "s", None, "t must hold whole numbers of s; found type Boolean"),
        ([1 << 62], "s", None, "row 1: t must hold a time; found 4611686018427387904"),
        ([1 << 63], "ns", pl.UInt64, "row 1: t must hold a time"),
        ([date(9999, 1, 1)], "iso", None, "row 1: t must hold a time; found 9999-01-01"),
        (["9999-01-01 00:00:00"], "iso", None, "row 1: t must hold a time"),
    ],
)
def test_what_is_no_time_is_refused(values, unit, dtype, rule):
    with pytest.raises(DataError, match=rule):
        instants(values, unit, dtype=dtype)


def test_an_empty_cell_is_left_to_the_rule_about_missing_values():
    assert instants([1_378_072_800, None], "s") == ["2013-09-01 22:00:00", None]
    assert instants([None], dtype=pl.Datetime("ms")) == [None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1378072800", "2013-09-01 22:00:00"),
        ("1378072800.000000001", "2013-09-01 22:00:00.000000001"),
        ("1378072800.3215", "2013-09-01 22:00:00.321500"),
        ("1378072800123", "2013-09-01 22:00:00.123"),
        ("1378072800123456", "2013-09-01 22:00:00.123456"),
        ("1378072800123456789", "2013-09-01 22:00:00.123456789"),
        ("2013-09-01", "2013-09-01 00:00:00"),
        ("2013-09-01 22:00", "2013-09-01 22:00:00"),
        ("2013-09-01T22:00:00Z", "2013-09-01 22:00:00"),
        ("2013-09-01 22:00:00+00:00", "2013-09-01 22:00:00"),
        ("2013/09/01 22:00:00.120", "2013-09-01 22:00:00.120"),
        ("2013.09.01 22:00", "2013-09-01 22:00:00"),
        ("20130901", "2013-09-01 00:00:00"),
        ("20130901 22:00", "2013-09-01 22:00:00"),
        ("20130901 220000", "2013-09-01 22:00:00"),
        ("20130901 220000123", "2013-09-01 22:00:00.123"),
        ("20130901220000", "2013-09-01 22:00:00"),
        ("25.09.2013 22:00:00.123", "2013-09-25 22:00:00.123"),
        ("25.09.2013 22:00:00.123 GMT+0100", "2013-09-25 21:00:00.123"),
        ("25/09/2013 22:00", "2013-09-25 22:00:00"),
        ("09/25/2013 22:00", "2013-09-25 22:00:00"),
    ],
)
def test_forms_are_found_by_their_cells(text, expected):
    assert len(forms_of(pl.Series("t", [text]))) == 1
    assert instants([text], "auto") == [expected]


def test_seconds_with_and_without_a_fraction():
    assert instants(["1378072800", "1378072801.25", None], "auto") == [
        "2013-09-01 22:00:00",
        "2013-09-01 22:00:01.250",
        None,
    ]
    with pytest.raises(DataError, match=r"row 2: t must hold a time; found '1378072800\.5x'"):
        utc(pl.Series("t", ["1378072800.5", "1378072800.5x"]), Clock(Form("s", FRACTION), "UTC"), FILE)


def test_days_and_months_that_could_be_either_are_two_readings():
    both = forms_of(pl.Series("t", ["03/04/2013 22:00", "05/04/2013 22:00"]))
    assert [form.pattern for form in both] == ["%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"]
    assert len(forms_of(pl.Series("t", ["03/04/2013 22:00", "25/04/2013 22:00"]))) == 1


@pytest.mark.parametrize(
    "cells", [["a"], ["1.5"], ["12"], [12], [1.5], [True], ["2013-13-01"], ["1378072800", "x"], []]
)
def test_what_has_no_form(cells):
    assert forms_of(pl.Series("t", cells)) == []


def test_numbers_of_every_unit_have_one_reading_from_1980_to_2100():
    for factor in (1, 10**3, 10**6, 10**9):
        for second in (315_532_800, 4_102_444_799):
            assert len(forms_of(pl.Series("t", [second * factor]))) == 1
    assert forms_of(pl.Series("t", [315_532_800, 315_532_800_000])) == []


def test_a_day_later_is_a_day_on_the_clock_where_it_is_put_forward():
    opened = converted(pl.Series("t", ["2013-03-10", "2013-03-11"]), "iso", "America/New_York")
    closed = later(opened, "America/New_York", 86_400 * 10**9, FILE)
    assert (closed - opened).dt.total_hours().to_list() == [23, 24]
    assert (later(opened, "America/New_York", 3_600 * 10**9, FILE) - opened).dt.total_hours().to_list() == [1, 1]


@pytest.mark.parametrize("day", ["20140507"])
def test_fxcm_eurusd_of_lean_meets_oanda_when_shifted_by_its_zone(shared, tmp_path, day):
    mids = {}
    for venue, zone in (("fxcm", "Etc/GMT+5"), ("oanda", "UTC")):
        with zipfile.ZipFile(shared / f"lean/forex/{venue}/tick/eurusd/{day}_quote.zip") as archive:
            raw = archive.read(archive.namelist()[0])
        rows = pl.read_csv(
            raw, has_header=False, new_columns=["time", "bid", "ask"], schema_overrides={"time": pl.Int64}
        )
        wall = pl.from_epoch(pl.col("time") + 1_399_420_800_000, "ms").dt.strftime("%Y-%m-%d %H:%M:%S%.3f")
        rows.with_columns(wall).write_csv(tmp_path / f"{venue}.csv")
        ticks = load(tmp_path / f"{venue}.csv", time_zone=zone).frame
        mids[venue] = ticks.group_by(pl.col("time").dt.truncate("1m")).agg((pl.col("bid") + pl.col("ask")).last() / 2)
    both = mids["fxcm"].join(mids["oanda"], on="time").sort("time")
    assert both.height > 600
    assert (both["bid"] - both["bid_right"]).abs().median() < 0.0001
