"""Bad input: one line that says where, which rule and what to do; exit status 1; earlier outputs intact."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.pipeline.conftest import NOT_MADE, Workspace, set_params

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("market")]

COLUMNS = {f"data.columns.{name}": name for name in ("time", "bid", "ask")}
FILES = {"data.source": "files", "data.time_unit": "iso", **COLUMNS, **NOT_MADE}
BARRIER = "labels.triple_barrier"
NO_BARRIERS = {f"{BARRIER}.tp_sigmas": 0.0, f"{BARRIER}.sl_sigmas": 0.0}
GOOD = pl.DataFrame(
    {"time": [f"2024-01-02T10:00:0{i}" for i in range(4)], "bid": [1.1, 1.2, 1.1, 1.2], "ask": [1.2, 1.3, 1.2, 1.3]}
)


@pytest.fixture
def market(finished: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the finished small market, to be damaged."""
    copy = object.__new__(Workspace)
    copy.folder, copy.env = tmp_path / "market", {}
    shutil.copytree(finished.folder, copy.folder, symlinks=True)
    return copy


def refusal(market: Workspace, stage: str) -> str:
    """Run a stage that must fail, leave every output as it was, and say why in one line; return the line."""
    before = market.files()
    done = market.stage(stage)
    assert done.returncode == 1, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert market.files() == before
    return done.stderr


def missing(words: list[str], line: str) -> list[str]:
    return [word for word in words if word not in line]


def fetch_refusal(market: Workspace, file: str, content: bytes) -> str:
    (market.folder / "in").mkdir()
    (market.folder / "in" / file).write_bytes(content)
    set_params(market.folder / "params.yaml", {**FILES, "data.path": "in"})
    return refusal(market, "fetch")


@pytest.mark.parametrize(
    ("stage", "changes", "words"),
    [
        ("fetch", {"data.source": "reuters"}, ["data.source", "'sample'", "reuters"]),
        ("fetch", {"data.synthetic.n_ticks": "many"}, ["data.synthetic.n_ticks", "valid integer", "many"]),
        ("fetch", {**NOT_MADE, "data.source": "yahoo"}, ["data.start, data.end", "yahoo is asked for a range"]),
        ("fetch", {**NOT_MADE, "data.source": "dukascopy"}, ["data.start", ".raw/dukascopy", "EURUSD"]),
        ("fetch", {**NOT_MADE, "data.source": "dukascopy", "data.cache": "nowhere"}, ["nowhere"]),
        ("fetch", {**FILES, "data.path": "nowhere"}, ["nowhere"]),
        ("fetch", {**NOT_MADE, "data.source": "sample"}, ["sample", "ES"]),
        ("fetch", {"data.start": "2031-01-01", "data.end": "2031-01-02"}, ["2031-01-01"]),
        ("bars", {"instrument.symbol": "EURUSX"}, ["EURUSX", "nearest known are EURUSD"]),
        ("bars", {"bars.types": {"tick": 10_000_000}}, ["1e+07", "bars.types.tick"]),
        ("bars", {"bars.types": {"tick": 0}}, ["bars.types", "greater than 0"]),
        ("bars", {"session.session_start": "25:00"}, ["session_start", "25:00"]),
        ("walkforward", {"walkforward.n_splits": 900}, ["fold 0", "fewer splits"]),
        (
            "labels",
            {f"{BARRIER}.max_horizon_bars": 90_000, **NO_BARRIERS},
            ["labels", "lower labels.triple_barrier.max_horizon_bars"],
        ),
        ("hmm", {"hmm.micro.observations": ["log_return_11"]}, ["log_return_11", "did you mean"]),
        ("train_base", {"models.n_estimators": 0}, ["models.n_estimators", "greater than or equal to 1"]),
    ],
)
def test_a_bad_parameter_is_one_line(market, stage, changes, words):
    set_params(market.folder / "params.yaml", changes)
    line = refusal(market, stage)
    assert missing(words, line) == [], line


@pytest.mark.parametrize("typo", ["  n_estimator: 5", "  n_estimators: 5\n  n_estimators: 6"])
def test_a_misspelt_or_doubled_parameter_is_one_line(market, typo):
    path = market.folder / "params.yaml"
    path.write_text(path.read_text().replace("\nmodels:\n", f"\nmodels:\n{typo}\n"))
    line = refusal(market, "walkforward")
    assert missing(["n_estimator"], line) == [], line


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (GOOD.with_columns(ask=pl.Series([1.2, 1.0, 1.2, 1.3])), ["bid <= ask", "row 2", "crossed_quotes"]),
        (GOOD.with_columns(bid=pl.Series([1.1, 0.0, 1.1, 1.2])), ["a bid and an ask", "row 2", "one_sided_quotes"]),
        (GOOD.with_columns(bid=pl.Series([1.1, -1.0, 1.1, 1.2])), ["bid", "positive", "row 2"]),
        (GOOD.with_columns(bid=pl.Series([1.1, None, 1.1, 1.2])), ["bid", "row 2"]),
        (GOOD.with_columns(time=pl.Series([*GOOD["time"][:3], None])), ["time", "row 4"]),
        (GOOD.with_columns(time=pl.Series([*GOOD["time"][:3], "soon"])), ["time", "soon"]),
        (GOOD[[0, 2, 1, 3]], ["times never fall", "row 3", "sort"]),
        (GOOD.drop("ask"), ["ask"]),
        (GOOD[:0], ["must hold rows", "a header only"]),
    ],
)
def test_bad_rows_are_one_line_with_file_row_rule_and_remedy(market, frame, words):
    line = fetch_refusal(market, "quotes.csv", frame.write_csv().encode())
    assert missing(words, line) == [], line


def parquet() -> bytes:
    buffer = io.BytesIO()
    GOOD.write_parquet(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("quotes.parquet", parquet()[:-30]),
        ("quotes.parquet", b"PAR1 and no more"),
        ("quotes.csv.gz", gzip.compress(GOOD.write_csv().encode())[:-12]),
        ("quotes.csv.gz", b"\x1f\x8b but not gzip"),
    ],
    ids=["cut parquet", "no parquet", "cut gzip", "no gzip"],
)
def test_a_damaged_file_is_one_line(market, file, content):
    assert file in fetch_refusal(market, file, content)


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-7], lambda b: b[:20], lambda b: b"\x00" * len(b), lambda b: b + b"xx"]
)
def test_a_damaged_hour_is_one_line(market, damage):
    hour = market.folder / "cache" / "EURUSD" / "2019" / "01" / "04" / "00h_ticks.bi5"
    hour.parent.mkdir(parents=True)
    tick = bytes.fromhex("000000640001bd0c0001bd083f8000003f800000")
    hour.write_bytes(damage(lzma.compress(tick * 50, format=lzma.FORMAT_ALONE)))
    set_params(market.folder / "params.yaml", {**NOT_MADE, "data.source": "dukascopy", "data.cache": "cache"})
    line = refusal(market, "fetch")
    assert missing(["00h_ticks.bi5"], line) == [], line


def test_a_damaged_artifact_is_one_line(market):
    path = market.folder / "data" / "bars" / "tick" / "EURUSD.parquet"
    path.write_bytes(path.read_bytes()[:-100])
    line = refusal(market, "features")
    assert missing(["EURUSD.parquet", "dvc"], line) == [], line


def test_a_missing_artifact_says_how_to_make_it(market):
    (market.folder / "data" / "oof" / "EURUSD.parquet").unlink()
    line = refusal(market, "train_meta")
    assert missing(["data/oof/EURUSD.parquet", "dvc repro"], line) == [], line


def test_labels_of_one_class_are_one_line(market):
    path = market.folder / "data" / "labels" / "EURUSD.parquet"
    pl.read_parquet(path).with_columns(label=pl.lit(1, pl.Int8)).write_parquet(path)
    line = refusal(market, "train_base")
    assert missing(["inner fold 0", "two classes", "change the labels"], line) == [], line


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere; tested at assay.store")
def test_no_write_permission_is_one_line(market):
    (market.folder / "data").chmod(0o500)
    line = refusal(market, "bars")
    assert missing(["must be writable"], line) == [], line


def test_a_file_in_the_way_of_an_output_is_one_line(market):
    shutil.rmtree(market.folder / "models" / "hmm")
    shutil.rmtree(market.folder / "models" / "base")
    shutil.rmtree(market.folder / "models")
    (market.folder / "models").write_text("in the way")
    line = refusal(market, "hmm")
    assert missing(["models: must be writable", "a file where a folder goes"], line) == [], line
