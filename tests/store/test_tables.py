"""Tables come back as they were, in the same bytes, or are refused in one line."""

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet as pq

from assay import store
from assay.errors import DataError, StoreError
from assay.tables.table import Column, Table
from tests.store.prices import FRAME, TABLE, everything


def test_a_table_comes_back_as_it_was(tmp_path):
    store.write_table(tmp_path / "a" / "t.parquet", FRAME, TABLE)
    assert store.read_table(tmp_path / "a" / "t.parquet", TABLE).equals(FRAME)


MANY = pl.DataFrame({"n": range(10), "price": [1.5, float(2**60), 0.1, *[7.0] * 7]})


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 4), max_size=8), st.integers(1, 12))
def test_the_bytes_of_a_table_depend_on_its_rows_alone(tmp_path_factory, steps, rows_per_group):
    folder = tmp_path_factory.mktemp("parts")
    ends = [min(sum(steps[: i + 1]), MANY.height) for i in range(len(steps))] + [MANY.height]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store.tables, "ROWS_PER_GROUP", rows_per_group)
        store.write_table(folder / "whole.parquet", MANY, TABLE)
        with store.TableWriter(folder / "parts.parquet", TABLE) as writer:
            for start, end in zip([0, *ends], ends, strict=False):
                writer.write(MANY[start:end])
    assert (folder / "parts.parquet").read_bytes() == (folder / "whole.parquet").read_bytes()
    assert pq.read_metadata(folder / "whole.parquet").num_row_groups == -(-MANY.height // rows_per_group)
    assert store.read_table(folder / "parts.parquet", TABLE).equals(MANY)


@pytest.mark.parametrize("threads", ["1", "3"])
def test_the_bytes_of_a_table_do_not_depend_on_layout_or_threads(tmp_path, threads):
    code = (
        "import sys; from pathlib import Path; import polars as pl; from assay import store;"
        "from tests.store.prices import TABLE;"
        "f = pl.DataFrame({'n': range(1000)}).with_columns(price=pl.col('n') / 7 + 1);"
        "store.write_table(Path(sys.argv[1]), pl.concat([f[:3], f[3:500], f[500:]]), TABLE)"
    )
    command = [sys.executable, "-c", code, tmp_path / "a"]
    subprocess.run(command, check=True, env=os.environ | {"POLARS_MAX_THREADS": threads})
    frame = pl.DataFrame({"n": range(1000)}).with_columns(price=pl.col("n") / 7 + 1)
    store.write_table(tmp_path / "b", frame, TABLE)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


KINDS = {
    "enum": pl.Series(["b", "a"], dtype=pl.Enum(["a", "b"])),
    "text": pl.Series(["x", "é"]),
    "levels": pl.Series([[1.0], [2.0, 3.0]]),
    "time": pl.Series([-1, 2], dtype=pl.Datetime("ns", "UTC")),
    "day": pl.Series([1, 2], dtype=pl.Date),
    "yes": pl.Series([True, False]),
    "small": pl.Series([1, 2], dtype=pl.UInt16),
    "single": pl.Series([1.5, float("nan")], dtype=pl.Float32),
}


def test_every_type_that_tables_use_comes_back(tmp_path):
    frame = pl.DataFrame(KINDS)
    table = Table("kinds", {name: Column(one.dtype, "any", nan=True) for name, one in KINDS.items()})
    store.write_table(tmp_path / "t.parquet", frame, table)
    assert store.read_table(tmp_path / "t.parquet", table).equals(frame)
    store.write_table(tmp_path / "none.parquet", frame.clear(), table)
    assert store.read_table(tmp_path / "none.parquet", table).equals(frame.clear())


def write_parts(path: Path, *parts: pl.DataFrame) -> None:
    with store.TableWriter(path, TABLE) as writer:
        for part in parts:
            writer.write(part)


def test_a_writer_that_is_broken_off_leaves_the_old_file(tmp_path):
    path = tmp_path / "t.parquet"
    store.write_table(path, FRAME, TABLE)
    with pytest.raises(DataError, match="price is positive"):
        write_parts(path, FRAME, FRAME.with_columns(price=pl.lit(-1.0)))
    assert everything(tmp_path) == {"t.parquet": path.read_bytes()}
    assert store.read_table(path, TABLE).equals(FRAME)


def test_a_table_is_checked_before_it_replaces_the_old_one(tmp_path):
    path = tmp_path / "t.parquet"
    store.write_table(path, FRAME, TABLE)
    with pytest.raises(DataError, match=r"prices: price is positive; found 1 of 2 rows, the first is row 1.*scale"):
        store.write_table(path, FRAME.with_columns(price=pl.Series([1.0, 0.0])), TABLE)
    assert store.read_table(path, TABLE).equals(FRAME)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"x" * 100])
def test_a_damaged_parquet_file_is_one_line(tmp_path, content):
    (tmp_path / "t.parquet").write_bytes(content)
    with pytest.raises(DataError, match="must be a Parquet file") as caught:
        store.read_table(tmp_path / "t.parquet", TABLE)
    assert "\n" not in str(caught.value)


def test_a_truncated_parquet_file_is_one_line(tmp_path):
    path = tmp_path / "t.parquet"
    store.write_table(path, FRAME, TABLE)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match="must be a Parquet file"):
        store.read_table(path, TABLE)


def test_a_file_of_too_many_rows_is_refused_before_it_is_read(tmp_path, monkeypatch):
    store.write_table(tmp_path / "t.parquet", FRAME, TABLE)
    monkeypatch.setattr(store.tables, "MOST_ROWS", 1)
    monkeypatch.setattr(pl, "read_parquet", None)
    with pytest.raises(DataError, match=r"t\.parquet: must hold 1 rows at most; found 2; cut it"):
        store.read_table(tmp_path / "t.parquet", TABLE)


def test_a_missing_file_says_how_to_make_it(tmp_path):
    with pytest.raises(StoreError, match="dvc repro"):
        store.read_table(tmp_path / "none.parquet", TABLE)
