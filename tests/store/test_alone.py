"""Two writers are never at one place: the second is told so, and the first loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from assay import store
from assay.errors import StoreError
from tests.store.prices import everything

FIRST = """
import sys
from pathlib import Path
from assay import store

with store.writing() as beside:
    folder = beside(Path(sys.argv[1]))
    folder.mkdir()
    (folder / "first").write_text("first")
    print("begun", flush=True)
    sys.stdin.readline()
"""
RULE = "out: has one writer at a time; found another that is at work; wait until that one has ended"


@pytest.fixture
def first(tmp_path):
    """Another process, in the middle of writing a folder."""
    words = [sys.executable, "-c", FIRST, str(tmp_path / "out")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "begun\n"
        yield process
        process.kill()


def write(place: Path, name: str) -> None:
    store.write_files(place, {name: name.encode()})


def test_the_second_is_refused_and_the_first_has_all_it_wrote(tmp_path, first):
    with pytest.raises(StoreError, match=RULE):
        write(tmp_path / "out", "second")
    first.communicate("go on\n")
    assert first.returncode == 0
    assert everything(tmp_path) == {"out/first": b"first"}
    write(tmp_path / "out", "third")
    assert everything(tmp_path) == {"out/third": b"third"}


def test_one_that_was_killed_holds_nobody_up(tmp_path, first):
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert {path.name for path in tmp_path.iterdir()} == {".out.part", ".out.lock"}
    write(tmp_path / "out", "second")
    assert everything(tmp_path) == {"out/second": b"second"}


def test_the_second_of_one_process_is_refused_too(tmp_path):
    with store.writing() as beside:
        beside(tmp_path / "out").mkdir()
        with pytest.raises(StoreError, match=RULE):
            write(tmp_path / "out", "second")
        write(tmp_path / "other", "at the same time")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "out"]


def test_a_lock_that_was_removed_before_it_was_held_is_taken_anew(tmp_path, monkeypatch):
    """Its last holder ends between the opening of the file and the asking for it."""
    good, n_asked = store.alone.fcntl.flock, []

    def flock(file, how):
        n_asked.append(how)
        if len(n_asked) == 1:
            (tmp_path / ".out.lock").unlink()
        good(file, how)

    monkeypatch.setattr("assay.store.alone.fcntl.flock", flock)
    write(tmp_path / "out", "second")
    assert len(n_asked) == 2
    assert everything(tmp_path) == {"out/second": b"second"}
