"""The stage as it runs: files, manifest, and earlier outputs that stay when it fails."""

import json
import os
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from assay.errors import AssayError
from assay.market.instruments import InstrumentParams
from assay.sources.params import DataParams
from assay.store import read_table, sha256, ticks_of
from assay.tables.ticks import QUOTES, TRADES
from stages import fetch

TRADE = {**DataParams().columns.model_dump(), "price": "p"}
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the stage in a folder of its own with changes of the data block."""
    folder = tmp_path / "project"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "sample").symlink_to(ROOT / "data" / "sample")
    monkeypatch.chdir(folder)

    def run(symbol="ES", **data):
        blocks = {"data": {**DataParams().model_dump(), **data}}
        blocks["instrument"] = {**InstrumentParams().model_dump(), "symbol": symbol}
        with Path("params.yaml").open("w") as file:
            YAML().dump(blocks, file)
        fetch.main()
        return json.loads(Path("data/manifest.json").read_text())

    return run


def outputs():
    files = [path for path in sorted(Path("data").rglob("*")) if path.is_file() and "sample" not in path.parts]
    return {str(path): path.read_bytes() for path in files}


def test_the_sample_is_written_with_its_receipt(run):
    manifest = run()
    (path,) = ticks_of(Path("data/ticks"), "ES")
    assert path == Path("data/ticks/sample/ES/2013-09.parquet")
    frame = read_table(path, TRADES)
    assert frame["size"].sum() == 1_844_058
    assert frame["side"].unique().to_list() == [0]
    (receipt,) = manifest["files"]
    assert manifest["table"] == "trades"
    assert manifest["n_rows"] == receipt["n_rows"] == frame.height == 500_000
    assert receipt["first_at"] == manifest["first_at"] == "2013-09-01T22:00:00.083000000Z"
    assert receipt["file"] == "sample/ES/2013-09.parquet"
    assert receipt["sha256"] == sha256(path)
    name = "ES_2013-09-01_2013-09-03.parquet"
    assert receipt["origins"] == {name: sha256(ROOT / "data/sample" / name)}
    assert set(manifest["rules"].values()) == {0, 500_000}


def test_the_sample_is_the_es_future_only(run):
    with pytest.raises(AssayError, match=r"data\.source: sample holds ES only; found EURUSD; set instrument\.symbol"):
        run("EURUSD")


def test_the_outputs_do_not_depend_on_where_the_cache_is_or_on_the_run(run, cache):
    run("EURUSD", source="dukascopy", cache=str(cache))
    first = outputs()
    cache.rename(cache.with_name("elsewhere"))
    run("EURUSD", source="dukascopy", cache=os.path.relpath(cache.with_name("elsewhere")))
    assert outputs() == first
    assert str(cache.parent) not in first["data/manifest.json"].decode()
    assert list(first) == ["data/manifest.json", "data/ticks/dukascopy/EURUSD/2019-02.parquet"]


def test_another_source_replaces_the_ticks(run, cache):
    run("EURUSD", source="dukascopy", cache=str(cache))
    manifest = run("EURUSD", source="synthetic", synthetic={**DataParams().synthetic.model_dump(), "n_ticks": 500})
    (path,) = ticks_of(Path("data/ticks"), "EURUSD")
    assert read_table(path, QUOTES).height == manifest["n_rows"] == 500


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"start": "2019-02-04T11:00"}, "every hour of the range needs its file"),
        ({"start": "2031-01-01", "end": "2031-01-02"}, "24 of 24 missing"),
        ({"source": "files", "path": "data/none.csv", "columns": TRADE}, "must be a file or a folder"),
        ({"source": "sample"}, "sample holds ES only"),
        ({"cache": ""}, "must hold the folder EURUSD"),
        ({"end": "2019-02-04T13:00", "start": "2019-02-04T14:00"}, "must be after"),
    ],
)
def test_what_fails_leaves_earlier_outputs_as_they_were(run, cache, changes, rule):
    run("EURUSD", source="dukascopy", cache=str(cache))
    before = outputs()
    with pytest.raises(AssayError, match=rule):
        run("EURUSD", **{"source": "dukascopy", "cache": str(cache), **changes})
    assert outputs() == before


def test_a_file_that_breaks_in_the_last_month_leaves_earlier_outputs(run, cache):
    run("EURUSD", source="dukascopy", cache=str(cache))
    before = outputs()
    broken = cache / "EURUSD/2019/02/01/00h_ticks.bi5"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"]\0\0")
    with pytest.raises(AssayError, match=r"2019/02/01/00h_ticks\.bi5: must be a whole file"):
        run("EURUSD", source="dukascopy", cache=str(cache))
    assert outputs() == before


def test_ticks_of_refuses_two_sources_and_none(tmp_path):
    for source in ("a", "b"):
        (tmp_path / source / "ES").mkdir(parents=True)
    with pytest.raises(AssayError, match="must hold ES from one source; found a, b"):
        ticks_of(tmp_path, "ES")
    with pytest.raises(AssayError, match="found none"):
        ticks_of(tmp_path, "NQ")
