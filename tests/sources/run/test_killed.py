"""kill -9 during the stage: the rerun ends where an undisturbed run does, and no partial file is ever read."""

import random
import time

import pytest

from stages import fetch
from tests.sources.bars_server import Aggregates
from tests.sources.server import Server

SYMBOLS = [f"S{i}" for i in range(3)]
RANGE = {"start": "2024-01-02", "end": "2024-01-12", "calendar": "24/7"}
FINAL = {"timeout_seconds": 5.0, "requests_per_second": 1000.0}


def written(project, server, cache):
    project.write(source="polygon", symbols=SYMBOLS, endpoint=server.url, cache=cache, transport=FINAL, **RANGE)


def killed(project, after_s):
    """Start the stage and kill it some time after it has begun; return whether it was still at work."""
    begun = project.folder / "data/.ticks.part"
    before = begun.stat().st_mtime_ns if begun.exists() else 0
    with project.stage() as process:
        while process.poll() is None and (not begun.exists() or begun.stat().st_mtime_ns == before):
            time.sleep(0.002)
        time.sleep(after_s)
        process.kill()
    return process.returncode == -9


def survives(project, moments):
    with Server(Aggregates()) as server:
        written(project, server, "undisturbed")
        fetch.main()
        whole = project.outputs()
        written(project, server, "cache")
        server.fault(lambda _: True, "slow", times=float("inf"), seconds=0.03)
        n_killed = 0
        for after_s in moments:
            n_killed += killed(project, after_s)
            assert project.outputs() in (whole, {})
        server._faults.clear()
        assert project.staged()[0] == 0
        assert project.outputs() == whole
    assert not project.leftovers()
    assert not [path for path in (project.folder / "cache/.parts").rglob("*") if path.is_file()]
    return n_killed


def test_killed_at_two_moments(project):
    assert survives(project, (0.02, 0.1)) == 2


@pytest.mark.slow
def test_killed_at_ten_random_moments(project):
    draw = random.Random(11)
    assert survives(project, [draw.uniform(0.0, 0.3) for _ in range(10)]) >= 5


def test_killed_while_outputs_are_put_in_place(project, bars, monkeypatch):
    """Of a run that died between two renames, the next one keeps the earlier outputs or makes them anew."""
    project.run("S0", source="polygon", endpoint=bars.url, cache="cache", **RANGE)
    before = project.outputs()
    data = project.folder / "data"
    (data / "ticks").rename(data / ".ticks.old")
    (data / ".context.part").mkdir()
    project.run("S0", source="polygon", endpoint=bars.url, cache="cache", **RANGE)
    assert project.outputs() == before
    assert not project.leftovers()
