import os
import resource
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from assay import store
from assay.errors import DataError, StoreError
from assay.tables.table import Column, Rule, Table

TABLE = Table(
    "prices",
    {"n": Column(pl.Int64, "number"), "price": Column(pl.Float64, "price")},
    (Rule("price is positive", pl.col("price") <= 0, "check the scale"),),
)
FRAME = pl.DataFrame({"n": [0, 1], "price": [1.5, 2.5]})


def test_a_table_comes_back_as_it_was(tmp_path):
    store.write_table(tmp_path / "a" / "t.parquet", FRAME, TABLE)
    assert store.read_table(tmp_path / "a" / "t.parquet", TABLE).equals(FRAME)


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


def test_a_missing_file_says_how_to_make_it(tmp_path):
    with pytest.raises(StoreError, match="dvc repro"):
        store.read_table(tmp_path / "none.parquet", TABLE)


def test_json_has_sorted_keys_and_exact_floats(tmp_path):
    store.write_json(tmp_path / "x.json", {"b": 0.1 + 0.2, "a": None})
    assert (tmp_path / "x.json").read_text() == '{\n  "a": null,\n  "b": 0.30000000000000004\n}\n'
    assert store.read_json(tmp_path / "x.json") == {"a": None, "b": 0.30000000000000004}


def test_json_refuses_nan_and_keeps_the_old_file(tmp_path):
    store.write_json(tmp_path / "x.json", 1)
    with pytest.raises(DataError, match="finite numbers only"):
        store.write_json(tmp_path / "x.json", float("nan"))
    assert store.read_json(tmp_path / "x.json") == 1


def break_off(folder: Path) -> None:
    with store.replacing(folder) as part:
        part.mkdir()
        (part / "new").write_text("new")
        raise ZeroDivisionError


def test_a_failure_while_writing_leaves_the_old_folder_and_no_part(tmp_path):
    folder = tmp_path / "out"
    with store.replacing(folder) as part:
        part.mkdir()
        (part / "old").write_text("old")
    with pytest.raises(ZeroDivisionError):
        break_off(folder)
    assert [path.relative_to(tmp_path) for path in sorted(tmp_path.rglob("*"))] == [Path("out"), Path("out/old")]


def test_a_folder_replaces_the_whole_old_one(tmp_path):
    for name in ("old", "new"):
        with store.replacing(tmp_path / "out") as part:
            part.mkdir()
            (part / name).write_text(name)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["new"]


def test_a_place_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="must be writable"):
        store.write_json(tmp_path / "file" / "x.json", 1)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_no_permission_is_one_line(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="must be writable"):
        store.write_json(tmp_path / "x.json", 1)


@pytest.fixture
def no_room() -> Iterator[None]:
    """A real limit of the system: no file may grow beyond 100 bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("no_room")
def test_a_table_that_finds_no_room_is_one_line_and_leaves_no_part(tmp_path):
    with pytest.raises(StoreError, match=r"must be writable; found .*too large"):
        store.write_table(tmp_path / "t.parquet", FRAME, TABLE)
    assert list(tmp_path.iterdir()) == []


def test_a_writer_that_was_killed_between_old_and_new_is_put_right(tmp_path):
    (tmp_path / ".out.old").mkdir()
    (tmp_path / ".out.old" / "old").write_text("old")
    (tmp_path / ".out.part").mkdir()
    with pytest.raises(ZeroDivisionError):
        break_off(tmp_path / "out")
    assert (tmp_path / "out" / "old").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
