"""The stage as it runs: files, manifest, health, and earlier outputs that stay when it fails."""

import os
from pathlib import Path

import pytest

from assay.errors import AssayError
from assay.sources.params import DataParams
from assay.store import read_table, sha256
from assay.tables.ticks import QUOTES, TRADES
from tests.sources.project import ROOT

NAMED = {"time": "time", "price": "p"}


def test_the_sample_is_written_with_its_receipt_and_its_health(project):
    manifest = project.run()
    (path,) = Path("data/ticks").glob("*/ES/*")
    assert path == Path("data/ticks/sample/ES/2013-09.parquet")
    frame = read_table(path, TRADES)
    assert frame["size"].sum() == 1_844_058
    assert frame["side"].unique().to_list() == [0]
    (feed,) = manifest["feeds"]
    (receipt,) = feed["files"]
    told = (feed["source"], feed["symbol"], feed["venue_symbol"], feed["kind"], feed["table"])
    assert told == ("sample", "ES", "ES", "trades", "trades")
    assert feed["n_rows"] == receipt["n_rows"] == frame.height == 500_000
    assert receipt["first_at"] == feed["first_at"] == "2013-09-01T22:00:00.083000000Z"
    assert receipt["file"] == "ticks/sample/ES/2013-09.parquet"
    assert receipt["sha256"] == sha256(path)
    name = "ES_2013-09-01_2013-09-03.parquet"
    assert receipt["origins"] == {name: sha256(ROOT / "data/sample" / name)}
    assert feed["rules"]["rows_in"] == feed["rules"]["rows_out"] == 500_000
    assert not any(n for rule, n in feed["rules"].items() if rule.endswith("_dropped"))
    (health,) = project.health()["feeds"]
    assert (health["source"], health["symbol"], health["kind"], health["rows"]["out"]) == (*told[:2], "trades", 500_000)
    assert manifest["failed"] == project.health()["pairs"] == []
    assert (project.folder / "data/context").is_dir()


def test_the_sample_is_the_es_future_only(project):
    with pytest.raises(AssayError, match=r"data\.source: sample holds ES only; found EURUSD; set instrument\.symbol"):
        project.run("EURUSD")


def test_the_outputs_do_not_depend_on_where_the_cache_is_or_on_the_run(project, cache):
    project.run("EURUSD", source="dukascopy", cache=str(cache))
    first = project.outputs()
    cache.rename(cache.with_name("elsewhere"))
    project.run("EURUSD", source="dukascopy", cache=os.path.relpath(cache.with_name("elsewhere")))
    assert project.outputs() == first
    assert str(cache.parent) not in first["data/manifest.json"].decode()
    assert list(first) == [
        "data/context/index.json",
        "data/manifest.json",
        "data/ticks/dukascopy/EURUSD/2019-02.parquet",
        "reports/data_health.json",
    ]
    assert first["data/context/index.json"] == b"{}\n"


def test_the_cache_is_where_the_environment_says(project, cache, monkeypatch):
    monkeypatch.setenv("ASSAY_CACHE", str(cache.parent))
    cache.rename(cache.with_name("dukascopy"))
    assert project.run("EURUSD", source="dukascopy")["feeds"][0]["n_rows"] == 6


def test_another_source_replaces_the_ticks(project, cache):
    project.run("EURUSD", source="dukascopy", cache=str(cache))
    made = {**DataParams().synthetic.model_dump(), "n_ticks": 500}
    (feed,) = project.run("EURUSD", source="synthetic", synthetic=made)["feeds"]
    (path,) = Path("data/ticks").glob("*/EURUSD/*")
    assert read_table(path, QUOTES).height == feed["n_rows"] == 500


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        (
            {"start": "2019-02-04T12:00", "end": "2019-02-04T18:00"},
            "offline; found 3 missing, the first is EURUSD/2019",
        ),
        ({"start": "2031-01-01", "end": "2031-01-02"}, "must be in the raw cache: offline; found 24 missing"),
        ({"source": "files", "path": "data/none.csv", "columns": NAMED, "cache": ""}, "must be a file or a folder"),
        ({"source": "sample", "cache": ""}, "sample holds ES only"),
        ({"cache": ""}, r"all means what \.raw/dukascopy holds of EURUSD; found no file"),
        ({"end": "2019-02-04T13:00", "start": "2019-02-04T14:00"}, "must be after"),
        ({"calendar": "XNOWHERE"}, "must be a calendar"),
    ],
)
def test_what_fails_leaves_earlier_outputs_as_they_were(project, cache, changes, rule):
    project.run("EURUSD", source="dukascopy", cache=str(cache))
    before = project.outputs()
    with pytest.raises(AssayError, match=rule):
        project.run("EURUSD", **{"source": "dukascopy", "cache": str(cache), "transport": {"offline": True}, **changes})
    assert project.outputs() == before
    assert not project.leftovers()


def test_a_file_that_breaks_in_the_last_month_leaves_earlier_outputs(project, cache):
    project.run("EURUSD", source="dukascopy", cache=str(cache))
    before = project.outputs()
    broken = cache / "EURUSD/2019/02/01/00h_ticks.bi5"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"]\0\0")
    with pytest.raises(AssayError, match=r"2019/02/01/00h_ticks\.bi5: must be a whole file"):
        project.run("EURUSD", source="dukascopy", cache=str(cache))
    assert project.outputs() == before


def test_a_range_without_a_row_is_one_line(project, cache):
    start, end = "2019-02-04T13:00", "2019-02-04T14:00"
    with pytest.raises(AssayError, match=f"needs a row from {start} to {end}; found none among 0"):
        project.run("EURUSD", source="dukascopy", cache=str(cache), start=start, end=end)
