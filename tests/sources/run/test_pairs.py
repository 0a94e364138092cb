"""Two venues of one symbol in one run say what is wrong with a clock: real ticks of FXCM and of Oanda.

The clock of FXCM's files is UTC-5 the whole year, Oanda's UTC: README of the real data.
"""

import io
import shutil
import zipfile

import polars as pl
import pytest

from assay.report import health as told_of
from assay.report.inputs import checked

DAYS = ("20140506", "20140507")
OANDA, FXCM = "lean-forex-oanda", "lean-forex-fxcm"
RULES = {"crossed_quotes": "drop"}


def archive(shared, broker, day):
    return shared / "lean" / "forex" / broker / "tick" / "eurusd" / f"{day}_quote.zip"


@pytest.fixture
def raw(shared, tmp_path):
    """A raw cache with two days of EURUSD of both brokers."""
    for broker in ("fxcm", "oanda"):
        for day in DAYS:
            source = archive(shared, broker, day)
            place = tmp_path / "raw" / source.relative_to(shared / "lean")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place)
    return str(tmp_path / "raw")


@pytest.fixture
def written(shared, tmp_path):
    """FXCM's two days as a file with the times of its clock, which name no zone."""
    frames = []
    for day in DAYS:
        with zipfile.ZipFile(archive(shared, "fxcm", day)) as packed:
            rows = packed.read(packed.namelist()[0])
        frame = pl.read_csv(io.BytesIO(rows), has_header=False, new_columns=["ms", "bid", "ask"])
        midnight = pl.lit(day).str.to_datetime("%Y%m%d", time_unit="ms")
        time = (midnight + pl.duration(milliseconds="ms")).dt.strftime("%Y-%m-%dT%H:%M:%S%.3f")
        frames.append(frame.select(time.alias("time"), "bid", "ask"))
    pl.concat(frames).write_csv(tmp_path / "fxcm.csv")
    return str(tmp_path / "fxcm.csv")


def of(raw, broker):
    return {"source": "lean", "kind": "quotes", "market": f"forex/{broker}", "cache": raw, "rules": RULES}


def pages(project, manifest):
    return told_of.told(checked("manifest", manifest), checked("health", project.health())).pairs


def test_two_markets_of_one_source_are_compared_and_the_declared_clocks_agree(project, raw):
    manifest = project.run("EURUSD", **of(raw, "oanda"), more=[of(raw, "fxcm")])
    assert [one["source"] for one in manifest["feeds"]] == [OANDA, FXCM]
    (pair,) = project.health()["pairs"]
    assert (pair["symbol"], pair["left"], pair["right"]) == ("EURUSD", OANDA, FXCM)
    assert (pair["shift_hours"], pair["findings"]) == (0.0, [])
    assert pair["correlation"] == pair["correlation_unshifted"] > 0.95
    (said,) = pages(project, manifest)
    assert not said.is_fault
    assert said.text.startswith(f"EURUSD: the clocks of {OANDA} and {FXCM} agree; ")


@pytest.mark.parametrize(("zone", "shift"), [("UTC", -5.0), ("Etc/GMT+5", 0.0), ("America/New_York", -1.0)])
def test_a_wrong_zone_is_reported_with_both_venues_and_a_right_one_is_not(project, raw, written, zone, shift):
    """New York is right for FXCM in winter, and an hour ahead in May; the right clock is found beside a wrong one."""
    wrong = {"source": "files", "label": "fxcm", "path": written, "time_zone": zone, "rules": RULES}
    manifest = project.run("EURUSD", **of(raw, "oanda"), more=[of(raw, "fxcm"), wrong])
    right, first, second = project.health()["pairs"]
    assert (right["shift_hours"], right["findings"]) == (0.0, [])
    assert [(one["left"], one["right"]) for one in (first, second)] == [(OANDA, "fxcm"), (FXCM, "fxcm")]
    assert [one["shift_hours"] for one in (first, second)] == [shift, shift]
    told = [f"{one['left']} clock: {shift:+g} h on all times give a correlation of" for one in (first, second)]
    for one, text in zip((first, second), told, strict=True):
        assert [finding.startswith(text) for finding in one["findings"]] == [True] * (shift != 0)
    assert [said.is_fault for said in pages(project, manifest)] == [False, shift != 0, shift != 0]
