"""Workers of a parent that is killed end too, even in a kernel that never comes back to Python."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from assay.compute.executor import Processes
from assay.compute.outcomes import outcomes

from .endless import endless

SECONDS = 20.0
"""That a process may take to end."""


def hangs(item):
    """Say which process this is, and never end."""
    place, how = item
    endless(0)
    Path(f"{place}.new").write_text(str(os.getpid()))
    Path(f"{place}.new").rename(place)
    while how == "in python":
        time.sleep(0.05)
    endless(1)


def parent(folder, how, by):
    """What the parent's process does."""
    items = {name: (f"{folder}/{name}", how) for name in "ab"}
    if by == "outcomes":
        outcomes(2, hangs, items, 600.0, "work")
    else:
        Processes(2).map(hangs, items.values(), "work")


def lives(pid):
    """Whether a process is there and no mere entry of one that ended."""
    with suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def until(asked):
    end = time.monotonic() + 60.0
    while not asked() and time.monotonic() < end:
        time.sleep(0.05)
    assert asked()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc, and asks Linux for the end of kernels")
@pytest.mark.parametrize(
    ("how", "by", "number"),
    [
        ("in python", "outcomes", signal.SIGTERM),
        ("in a kernel", "outcomes", signal.SIGTERM),
        ("in a kernel", "outcomes", signal.SIGKILL),
        ("in a kernel", "executor", signal.SIGTERM),
    ],
)
def test_workers_end_with_a_parent_that_is_killed(tmp_path, how, by, number):
    words = [sys.executable, "-m", "tests.compute.test_orphan", str(tmp_path), how, by]
    places = [tmp_path / name for name in "ab"]
    with subprocess.Popen(words, cwd=Path(__file__).parents[2]) as process:
        until(lambda: all(place.exists() for place in places))
        pids = [int(place.read_text()) for place in places]
        assert all(lives(pid) for pid in pids)
        process.send_signal(number)
    assert process.returncode == -number
    end = time.monotonic() + SECONDS
    while any(lives(pid) for pid in pids) and time.monotonic() < end:
        time.sleep(0.05)
    left = [pid for pid in pids if lives(pid)]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert left == []


if __name__ == "__main__":
    parent(*sys.argv[1:])
