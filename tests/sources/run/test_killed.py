"""kill -9 during the stage: the rerun ends where an undisturbed run does, and no partial file is ever read."""

import random

import pytest

from stages import fetch
from tests.sources.bars_server import Aggregates
from tests.sources.server import Server

SYMBOLS = [f"S{i}" for i in range(3)]
RANGE = {"start": "2024-01-02", "end": "2024-01-12", "calendar": "24/7"}
N_BYTES = 80_000
"""Less than all answers have: three symbols in four windows of three days, 72 bars of 110 bytes each."""


def written(project, server, cache):
    project.write(source="polygon", symbols=SYMBOLS, endpoint=server.url, cache=cache, **RANGE)


def killed(project, server, n_bytes):
    """Start the stage, let the server send so many bytes, and kill it; return whether it was still at work."""
    server.allow(n_bytes)
    with project.stage() as process:
        assert server.stalled.wait(60)
        process.kill()
    return process.returncode == -9


def survives(project, moments):
    assert sum(moments) < N_BYTES
    with Server(Aggregates()) as server:
        written(project, server, "undisturbed")
        fetch.main()
        whole = project.outputs()
        assert sum(path.stat().st_size for path in project.folder.glob("undisturbed/v2/**/*.json")) > N_BYTES
        written(project, server, "cache")
        for n_bytes in moments:
            assert killed(project, server, n_bytes)
            assert project.outputs() in (whole, {})
        server.allow(None)
        assert project.staged()[0] == 0
        assert project.outputs() == whole
    assert not project.leftovers()
    assert not [path for path in (project.folder / "cache/.parts").rglob("*") if path.is_file()]


def test_killed_at_two_moments(project):
    survives(project, (1, 30_000))


@pytest.mark.slow
def test_killed_at_ten_random_moments(project):
    draw = random.Random(11)
    survives(project, [draw.randrange(1, 8_000) for _ in range(10)])


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
