"""Damaged real files end in one line of ours or in a sound table."""

import gzip
import io

import polars as pl
import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from assay.errors import AssayError
from assay.tables.kinds import TABLES
from tests.sources.files.loaded import load
from tests.sources.fuzz import mutations


def small(shared):
    """Return the first rows of real files, in every format."""
    trades = gzip.decompress((shared / "nautilus/tardis_binance_futures_trades_BTCUSDT_20200222.csv.gz").read_bytes())
    head = b"".join(trades.splitlines(keepends=True)[:24])
    frame = pl.read_csv(head)
    parquet, arrow, packed = io.BytesIO(), io.BytesIO(), io.BytesIO()
    frame.write_parquet(parquet)
    frame.write_ipc(arrow)
    frame.write_ipc(packed, compression="zstd")
    bars = b"".join((shared / "binance_um_oi/BTCUSDT_bars_2025-10.csv").read_bytes().splitlines(keepends=True)[:12])
    array = (shared / "bitmex/2019-6-26.json").read_bytes()[:2_000].rpartition(b",{")[0] + b"]"
    books = io.BytesIO()
    lists = pl.read_parquet(shared / "binance_lob/lobdeep_btc_fut_2026-02-16_04.parquet").head(5)
    lists.select("exch_ts_ms", pl.col("^(bids|asks)_.*$").list.head(5)).write_parquet(books)
    return {
        "csv": head,
        "csv.gz": gzip.compress(head, mtime=0),
        "bars.csv": bars,
        "json": array,
        "jsonl": frame.write_ndjson().encode(),
        "parquet": parquet.getvalue(),
        "arrow": arrow.getvalue(),
        "zstd.arrow": packed.getvalue(),
        "book.parquet": books.getvalue(),
    }


def survives(path, raw):
    """Return whether a table came of it; anything but an error of ours is a failure."""
    path.write_bytes(raw)
    try:
        loaded = load(path)
    except AssayError as error:
        message = str(error)
    else:
        message = ""
    assert "\n" not in message
    if message:
        return False
    assert loaded.frame.schema == TABLES[loaded.kind].empty().schema
    return True


NAMES = ["csv", "csv.gz", "bars.csv", "json", "jsonl", "parquet", "arrow", "zstd.arrow", "book.parquet"]


@pytest.mark.parametrize("name", NAMES)
def test_damaged_files_are_refused_or_read(shared, tmp_path, name):
    raw = small(shared)[name]
    assert survives(tmp_path / name, raw)
    for damaged in mutations(raw, 1, 40):
        survives(tmp_path / name, damaged)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_ten_thousand_damaged_files_are_refused_or_read(shared, tmp_path, name):
    n_tables = sum(survives(tmp_path / name, damaged) for damaged in mutations(small(shared)[name], 2, 10_000))
    assert n_tables > 0


@pytest.mark.parametrize("where", ["text", "note", "nested note"])
def test_text_of_a_parquet_file_that_is_no_text_is_refused_or_left_out(tmp_path, where):
    """Polars dies of it, and of what died no error of ours could be made."""
    notes = {"note": b"\xff\xfe"}
    nested = pa.field("bids", pa.list_(pa.field("element", pa.float64(), metadata=notes)))
    fields = [pa.field("time", pa.int64()), pa.field("price", pa.float64()), pa.field("symbol", pa.string())]
    text = pa.StringArray.from_buffers(1, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe"))
    values = [pa.array([1_700_000_000]), pa.array([1.5]), text if where == "text" else pa.array(["X"])]
    if where == "nested note":
        fields, values = [*fields, nested], [*values, pa.array([[1.0]], nested.type)]
    schema = pa.schema(fields, metadata=notes if where == "note" else None)
    pq.write_table(pa.Table.from_arrays(values, schema=schema), tmp_path / "x.parquet")
    assert survives(tmp_path / "x.parquet", (tmp_path / "x.parquet").read_bytes()) == (where == "note")
