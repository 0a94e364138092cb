"""Times: units, zones, offsets, and clocks that skip or repeat."""

import zipfile
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import DataError, ParamsError
from assay.sources.fetch import fetch
from assay.sources.params import ColumnParams, DataParams
from assay.sources.times import utc
from assay.tables.table import TIME
from tests.sources.conftest import instrument

FILE = Path("ticks.csv")


def instants(values, unit="iso", zone="UTC", dtype=None):
    times = utc(pl.Series("t", values, dtype=dtype), unit, zone, FILE)
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
    times = utc(pl.Series("t", [wall.isoformat()]), "iso", zone, FILE)
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
        ([1, None], "ms", None, "row 2: t must hold a time; found nothing"),
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
        ([None], "iso", pl.Datetime("ms"), "row 1: t must hold a time; found nothing"),
    ],
)
def test_what_is_no_time_is_refused(values, unit, dtype, rule):
    with pytest.raises(DataError, match=rule):
        instants(values, unit, dtype=dtype)


def test_fxcm_eurusd_of_lean_meets_oanda_when_shifted_by_its_zone(shared, tmp_path):
    name = "forex/{}/tick/eurusd/20140507_quote.zip"
    mids = {}
    for venue, zone in (("fxcm", "Etc/GMT+5"), ("oanda", "UTC")):
        with zipfile.ZipFile(shared / "lean" / name.format(venue)) as archive:
            raw = archive.read(archive.namelist()[0])
        frame = pl.read_csv(raw, has_header=False, new_columns=["ms", "bid", "ask"], schema_overrides={"ms": pl.Int64})
        frame.with_columns(pl.col("ms") + 1_399_420_800_000).write_csv(tmp_path / f"{venue}.csv")
        columns = ColumnParams(time="ms", bid="bid", ask="ask")
        params = DataParams(
            source="files",
            path=str(tmp_path / f"{venue}.csv"),
            columns=columns,
            time_unit="ms",
            time_zone=zone,
            crossed_quotes="drop",
        )
        tally = Counter()
        ticks = pl.concat([month.frame for month in fetch(params, instrument(), tally)])
        assert (tally["crossed_quotes_dropped"] > 0) == (venue == "fxcm")
        mids[venue] = ticks.group_by(pl.col("time").dt.truncate("1m")).agg((pl.col("bid") + pl.col("ask")).last() / 2)
    both = mids["fxcm"].join(mids["oanda"], on="time").sort("time")
    assert both.height > 600
    assert (both["bid"] - both["bid_right"]).abs().median() < 0.0001
