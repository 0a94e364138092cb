import errno
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet as pq

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
        "from tests.test_store import TABLE;"
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


def test_json_has_sorted_keys_and_exact_floats(tmp_path):
    store.write_json(tmp_path / "x.json", {"b": 0.1 + 0.2, "a": None})
    assert (tmp_path / "x.json").read_text() == '{\n  "a": null,\n  "b": 0.30000000000000004\n}\n'
    assert store.read_json(tmp_path / "x.json") == {"a": None, "b": 0.30000000000000004}


def test_json_refuses_nan_and_keeps_the_old_file(tmp_path):
    store.write_json(tmp_path / "x.json", 1)
    with pytest.raises(DataError, match="finite numbers only"):
        store.write_json(tmp_path / "x.json", float("nan"))
    assert store.read_json(tmp_path / "x.json") == 1


def write_all(root: Path, content: str | float) -> None:
    """Write what a stage may write: a folder of files, a table, a report, and anything else."""
    with store.writing() as beside:
        store.write_files(beside(root / "models"), {f"{content}.bin": b"0"})
        store.write_table(beside(root / "data" / "t.parquet"), FRAME, TABLE)
        store.write_json(beside(root / "x.json"), content)
        logs = beside(root / "logs")
        logs.mkdir()
        (logs / "log").write_text(str(content))


def everything(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_all_outputs_are_replaced_whole_and_leave_no_trace(tmp_path):
    write_all(tmp_path, "old")
    assert set(everything(tmp_path)) == {"models/old.bin", "data/t.parquet", "x.json", "logs/log"}
    write_all(tmp_path, "newer")
    assert set(everything(tmp_path)) == {"models/newer.bin", "data/t.parquet", "x.json", "logs/log"}
    assert store.read_json(tmp_path / "x.json") == "newer"


def failing(monkeypatch, method: str, step: int) -> list[Path]:
    """Let one of the calls of a method of paths fail as on a full disk; return the calls."""
    good, calls = getattr(Path, method), []

    def fail_once(path, *args, **kwargs):
        calls.append(path)
        if len(calls) == step:
            raise OSError(28, "No space left on device", str(path))
        return good(path, *args, **kwargs)

    monkeypatch.setattr(Path, method, fail_once)
    return calls


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("method", ["replace", "write_bytes", "write_text", "mkdir"])
def test_a_failure_at_any_step_changes_no_output(tmp_path, there, method):
    if there:
        write_all(tmp_path, "old")
    before = everything(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        calls = failing(patch, method, 0)
        write_all(tmp_path / "elsewhere", "newer")
    shutil.rmtree(tmp_path / "elsewhere")
    for step in range(1, len(calls) + 1):
        with pytest.MonkeyPatch.context() as patch:
            failing(patch, method, step)
            with pytest.raises(StoreError, match="must be writable; found No space left on device"):
                write_all(tmp_path, "newer")
        assert everything(tmp_path) == before


def test_what_is_refused_after_others_were_written_changes_no_output(tmp_path):
    write_all(tmp_path, "old")
    before = everything(tmp_path)
    with pytest.raises(DataError, match="holds finite numbers only"):
        write_all(tmp_path, float("nan"))
    assert everything(tmp_path) == before


def test_messages_name_the_place_and_not_what_is_beside_it(tmp_path):
    with pytest.raises(DataError, match=rf"^{tmp_path}/out/t.parquet: prices"), store.writing() as beside:
        store.write_table(beside(tmp_path / "out") / "t.parquet", FRAME.with_columns(price=pl.lit(-1.0)), TABLE)
    (tmp_path / "x.json").mkdir()
    with pytest.raises(DataError, match=rf"^{tmp_path}/x.json: holds"), store.writing() as beside:
        store.write_json(beside(tmp_path / "x.json"), float("nan"))


def test_a_link_in_the_place_of_an_output_is_replaced_and_what_it_leads_to_stays(tmp_path):
    elsewhere, place = tmp_path / "elsewhere", tmp_path / "out"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("old")
    place.symlink_to(elsewhere)
    for content in (b"1", b"2"):
        store.write_files(place, {"new": content})
        assert (place / "new").read_bytes() == content
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", "out"]
    assert (elsewhere / "kept").read_text() == "old"


def test_a_file_in_place_of_a_folder_stays(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(StoreError, match="out: must be writable; found a file where a folder goes"):
        store.write_files(tmp_path / "out", {"a": b"a"})
    assert everything(tmp_path) == {"out": b"a file"}


def break_off(folder: Path) -> None:
    with store.writing() as beside:
        beside(folder).mkdir()
        raise ZeroDivisionError


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


@pytest.mark.parametrize(
    ("named", "blamed"), [(("x",), "x"), (("x", None, ".out.part/y"), "out/y"), ((), "ticks, .*context")]
)
def test_of_several_outputs_the_one_that_failed_is_blamed(tmp_path, named, blamed):
    """The system names the file with some errors only."""

    def fail():
        with store.writing() as beside:
            for name in ("ticks", "context"):
                beside(tmp_path / name).mkdir()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), *named)

    with pytest.raises(StoreError, match=rf"^[^:]*{blamed}: must be writable; found No space left"):
        fail()
