"""All outputs of a stage are replaced whole, or none is."""

import errno
import os
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from assay import store
from assay.errors import DataError, StoreError
from tests.store.prices import FRAME, TABLE, everything


def write_all(root: Path, content: str | float) -> None:
    """Write what a stage may write: a folder of files, a table, a report, and anything else."""
    with store.writing() as beside:
        store.write_files(beside(root / "models"), {f"{content}.bin": b"0"})
        store.write_table(beside(root / "data" / "t.parquet"), FRAME, TABLE)
        store.write_json(beside(root / "x.json"), content)
        logs = beside(root / "logs")
        logs.mkdir()
        (logs / "log").write_text(str(content))


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


def test_a_file_in_place_of_the_folder_around_stays(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(
        StoreError, match="out: must be writable; found a file where a folder goes; remove it, or name another"
    ):
        store.write_json(tmp_path / "out" / "a", 1)
    assert everything(tmp_path) == {"out": b"a file"}


def test_a_link_that_leads_nowhere_in_place_of_the_folder_around_is_named(tmp_path):
    (tmp_path / "out").symlink_to("nowhere")
    with pytest.raises(StoreError, match="out: must be writable; found a file where a folder goes; remove it, or name"):
        store.write_json(tmp_path / "out" / "a", 1)


def test_nobody_is_told_to_remove_a_device():
    with pytest.raises(StoreError, match="/dev/null: must be writable; found a file where a folder goes; name another"):
        store.write_json(Path("/dev/null/a"), 1)


@pytest.mark.parametrize("through_a_link", [False, True])
def test_a_pipe_or_a_device_is_refused_and_stays(tmp_path, through_a_link):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    place = tmp_path / ("link" if through_a_link else "pipe")
    with pytest.raises(StoreError, match=f"{place.name}: must be writable; found a device or a pipe; name another"):
        store.write_json(place, 1)
    assert (tmp_path / "pipe").is_fifo()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "pipe"]


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


def test_a_folder_in_place_of_a_file_stays(tmp_path):
    (tmp_path / "keep" / "x").mkdir(parents=True)
    (tmp_path / "keep" / "x" / "y").write_text("kept")
    (tmp_path / "link").symlink_to(tmp_path / "keep")
    for name in ("keep", "link"):
        with pytest.raises(StoreError, match=f"{name}: must be writable; found a folder where a file goes"):
            store.write_json(tmp_path / name, 1)
    assert everything(tmp_path / "keep") == {"x/y": b"kept"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keep", "link"]


@pytest.mark.parametrize("name", [".", "..", "/"])
def test_a_place_without_a_name_of_its_own_is_one_line(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError, match="must be writable; found a folder that is named by where it lies"):
        store.write_json(Path(name), 1)
    assert list(tmp_path.iterdir()) == []
