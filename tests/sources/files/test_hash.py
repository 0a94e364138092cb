"""The hash of a file is that of its bytes, although they are read once, as rows."""

import gzip
import hashlib
from pathlib import Path

import polars as pl
import pytest

from assay.sources import files
from assay.sources.files import raw
from assay.sources.params import FeedParams
from assay.sources.venue import Feed

ROWS = pl.DataFrame({"time": range(10**9, 10**9 + 500), "price": [1.5] * 500, "size": [2.0] * 500})
CSV = ROWS.write_csv().encode()
LINES = ROWS.write_ndjson().encode()
FORMS = {
    "ticks.csv": CSV,
    "bom.csv": raw.BOM + CSV,
    "cut.csv": CSV.rstrip(b"\n"),
    "blank.csv": CSV + b"\r\n\n\n",
    "quoted.csv": ROWS.write_csv(quote_style="always").encode(),
    "ticks.csv.gz": gzip.compress(CSV),
    "members.csv.gz": gzip.compress(CSV[:100]) + gzip.compress(CSV[100:]),
    "padded.csv.gz": gzip.compress(CSV) + bytes(5),
    "ticks.jsonl": LINES,
    "ticks.json": b"[" + LINES.rstrip().replace(b"\n", b",") + b"]",
}


def chunks(path):
    params = FeedParams(source="files", path=str(path))
    return list(files.ticks(Feed(params, files.kind(params), "X", "X", None, Path(), None, None)))


@pytest.mark.parametrize("step", [1_000, raw.STEP])
@pytest.mark.parametrize("name", FORMS)
def test_of_text(tmp_path, monkeypatch, name, step):
    monkeypatch.setattr(raw, "STEP", step)
    path = tmp_path / name
    path.write_bytes(FORMS[name])
    found = chunks(path)
    assert sum(chunk.frame.height for chunk in found) == ROWS.height
    assert [chunk.sha256 for chunk in found[:-1]] == [""] * (len(found) - 1)
    assert found[-1].sha256 == hashlib.sha256(FORMS[name]).hexdigest()


@pytest.mark.parametrize("ending", ["parquet", "feather"])
def test_of_tables(tmp_path, ending):
    path = tmp_path / f"ticks.{ending}"
    ROWS.write_parquet(path) if ending == "parquet" else ROWS.write_ipc(path)
    assert chunks(path)[-1].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
