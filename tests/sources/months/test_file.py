"""A month's table and notes do not depend on how its rows come, nor on the thread that writes."""

import hashlib
import threading
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay import store
from assay.errors import DataError, StoreError
from assay.sources.health.part import part
from assay.sources.health.report import merged
from assay.sources.months import file as months_file
from assay.sources.months.file import MonthFile, calendar_of
from assay.store import tables
from assay.tables.table import TIME
from assay.tables.ticks import QUOTES
from tests.sources.feeds import feed, ns

FEED = feed("files", "quotes", "EURUSD", calendar="24/5")
N = 300


def quotes(n_rows, seed=1):
    """Return quotes of some hours about a week-end, some at one instant, with spreads that are seldom wide."""
    draw = np.random.default_rng(seed)
    times = ns("2019-03-08T20:00") + np.cumsum(draw.integers(0, 3, n_rows) * (np.arange(n_rows) > 0)) * 97_000_000_000
    bid = 1.1 + 1e-5 * draw.integers(-9, 9, n_rows)
    wide = np.where(draw.random(n_rows) < 0.02, 0.5, 0.0)
    frame = pl.DataFrame({"time": pl.Series(times).cast(TIME), "bid": bid, "ask": bid + wide + 1e-5 * (times % 5)})
    return frame.with_columns(bid_size=1.0, ask_size=2.0, flags=pl.lit(0, pl.UInt16))


def made(path, rows, cuts=()):
    with MonthFile(path, FEED) as file:
        for start, end in pairwise([0, *sorted(cuts), rows.height]):
            file.write(rows[start:end])
        return file.close()


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(months_file, "AT_ONCE", 64)
    monkeypatch.setattr(tables, "ROWS_PER_GROUP", 64)


def writers():
    return [one for one in threading.enumerate() if one.name.startswith("assay-writer")]


@settings(deadline=None, max_examples=15)
@given(n_rows=st.sampled_from([1, 63, 64, 65, 128, N]), cuts=st.lists(st.integers(0, N), max_size=6))
def test_the_cuts_of_the_stream_do_not_matter(tmp_path_factory, n_rows, cuts):
    folder, rows = tmp_path_factory.mktemp("months"), quotes(n_rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(months_file, "AT_ONCE", 64)
        patch.setattr(tables, "ROWS_PER_GROUP", 64)
        notes = made(folder / "parts.parquet", rows, [cut for cut in cuts if cut <= n_rows])
        store.write_table(folder / "whole.parquet", rows, QUOTES)
    written = (folder / "parts.parquet").read_bytes()
    assert written == (folder / "whole.parquet").read_bytes()
    assert notes["sha256"] == hashlib.sha256(written).hexdigest()
    assert store.read_table(folder / "parts.parquet", QUOTES).equals(rows)
    assert (notes["n_rows"], len(notes["parts"])) == (n_rows, -(-n_rows // 64))
    assert notes["first_at"] == "2019-03-08T20:00:00.000000000Z"
    assert notes["last_at"] == f"{rows['time'].dt.strftime('%Y-%m-%dT%H:%M:%S')[-1]}.000000000Z"
    assert writers() == []


def test_the_parts_of_a_month_tell_what_one_part_would(tmp_path, at_once):
    rows, calendar = quotes(N), calendar_of(FEED)
    parts = made(tmp_path / "a.parquet", rows)["parts"]
    assert len(parts) == 5
    whole = merged([part(rows, "quotes", calendar)], "quotes", calendar, {}, N)
    assert merged(parts, "quotes", calendar, {}, N) == whole
    assert whole["gaps"]["n"] > 0


def test_no_row_is_no_table(tmp_path):
    assert made(tmp_path / "a.parquet", quotes(0)) == {
        "n_rows": 0,
        "first_at": None,
        "last_at": None,
        "sha256": None,
        "parts": [],
    }
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("row", [0, 63, 64, 200, N - 1])
@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"bid": -1.0}, "bid is a positive"),
        ({"ask": float("nan")}, r"ask: not_null"),
        ({"bid_size": None}, r"bid_size: not_null"),
        ({"flags": 1 << 15}, "flags are bits"),
    ],
)
def test_a_fault_planted_in_any_row_is_found_before_it_is_written(tmp_path, at_once, row, change, rule):
    rows = quotes(N)
    bad = rows[row].with_columns(pl.lit(value).cast(rows.schema[name]).alias(name) for name, value in change.items())
    with pytest.raises(DataError, match=rf"a\.parquet: quotes.{{0,2}}{rule}.*found 1 of (64|44) rows"):
        made(tmp_path / "a.parquet", pl.concat([rows[:row], bad, rows[row + 1 :]]))
    assert writers() == []


def test_a_time_that_falls_is_found(tmp_path, at_once):
    rows = quotes(N)
    with pytest.raises(DataError, match="times never fall; found 1 of 64 rows, the first is row 6"):
        made(tmp_path / "a.parquet", pl.concat([rows[:70], rows[:1], rows[70:]]))


@pytest.mark.parametrize("fails_at", [1, 3, 5])
def test_what_the_thread_cannot_write_is_said(tmp_path, at_once, monkeypatch, fails_at):
    real, calls = store.TableWriter.write_checked, []

    def write(self, frame):
        calls.append(frame.height)
        if len(calls) == fails_at:
            raise StoreError("a.parquet", "must be writable", "no space", "free the disk")
        real(self, frame)

    monkeypatch.setattr(store.TableWriter, "write_checked", write)
    with pytest.raises(StoreError, match="no space; free the disk"):
        made(tmp_path / "a.parquet", quotes(N))
    assert len(calls) == fails_at
    assert not (tmp_path / "a.parquet").exists()
    assert writers() == []
