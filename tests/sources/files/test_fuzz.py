"""Damaged real files end in one line of ours or in a sound table."""

import gzip
import io

import polars as pl
import pytest

from assay.errors import AssayError
from assay.tables.kinds import TABLES
from tests.sources.files.loaded import load
from tests.sources.fuzz import mutations


def small(shared):
    """Return the first rows of real files, in every format."""
    trades = gzip.decompress((shared / "nautilus/tardis_binance_futures_trades_BTCUSDT_20200222.csv.gz").read_bytes())
    head = b"".join(trades.splitlines(keepends=True)[:40])
    frame = pl.read_csv(head)
    parquet, arrow, packed = io.BytesIO(), io.BytesIO(), io.BytesIO()
    frame.write_parquet(parquet)
    frame.write_ipc(arrow)
    frame.write_ipc(packed, compression="zstd")
    bars = b"".join((shared / "binance_um_oi/BTCUSDT_bars_2025-10.csv").read_bytes().splitlines(keepends=True)[:20])
    array = (shared / "bitmex/2019-6-26.json").read_bytes()[:3_000].rpartition(b",{")[0] + b"]"
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
    n_tables = sum(
        survives(tmp_path / name, damaged) for damaged in mutations(small(shared)[name], 2, 10_000 // len(NAMES))
    )
    assert n_tables > 0
