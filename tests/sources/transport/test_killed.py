"""kill -9 while files come in: nothing half is ever read, and a rerun ends where an undisturbed run does."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assay.sources.transport.obtain import obtain
from tests.sources.server import Server
from tests.sources.transport.conftest import feed_at, line, piece

ROOT = Path(__file__).resolve().parents[3]
N_FILES, N_BYTES = 6, 60_000
FILES = {f"/spot/{i}": random.Random(i).randbytes(N_BYTES) for i in range(N_FILES)}
RUN = f"""
import sys
from pathlib import Path
from types import SimpleNamespace
sys.path.insert(0, {str(ROOT)!r})
from tests.sources.transport.conftest import feed_at, line, piece
from assay.sources.transport.obtain import obtain
pieces = [piece(SimpleNamespace(url=sys.argv[1]), f"spot/{{i}}") for i in range({N_FILES})]
print("ready", flush=True)
with line(at_once=2) as transport:
    obtain(pieces, feed_at(Path(sys.argv[2])), transport)
"""


def visible(root):
    """Return what a reader of the cache may see."""
    paths = [path for path in root.rglob("*") if path.is_file() and not path.relative_to(root).parts[0].startswith(".")]
    return {f"/{path.relative_to(root).as_posix()}": path.read_bytes() for path in paths}


def killed(server, root, after_s):
    """Start a run and kill it; return whether it was still at work."""
    with subprocess.Popen([sys.executable, "-c", RUN, server.url, str(root)], stdout=subprocess.PIPE) as run:
        run.stdout.readline()
        time.sleep(after_s)
        run.kill()
    return run.returncode == -9


def finished(server, root):
    pieces = [piece(server, f"spot/{i}") for i in range(N_FILES)]
    with line() as transport:
        return [raw.read() for raw in obtain(pieces, feed_at(root), transport)]


def survives(tmp_path, moments):
    root = tmp_path / "cache"
    n_killed = 0
    with Server(FILES) as server:
        server.speed = N_BYTES * N_FILES / 0.8 / 2  # two at once: 0.8 s in all
        for after_s in moments:
            n_killed += killed(server, root, after_s)
            assert visible(root).items() <= FILES.items()
        server.speed = None
        assert finished(server, root) == list(FILES.values())
        assert visible(root) == FILES
        asked = [request for request in server.requests if "Range" in request.headers]
    assert not [path for path in (root / ".parts").rglob("*") if path.is_file()]
    return n_killed, len(asked)


def test_killed_at_three_moments(tmp_path):
    n_killed, n_resumed = survives(tmp_path, (0.05, 0.2, 0.3))
    assert n_killed >= 2
    assert n_resumed >= 1


@pytest.mark.slow
def test_killed_at_ten_random_moments(tmp_path):
    draw = random.Random(7)
    n_killed, _ = survives(tmp_path, [draw.uniform(0, 0.15) for _ in range(10)])
    assert n_killed >= 5


def test_killed_between_bytes_and_receipt(tmp_path):
    """The file lies there whole and without a receipt: it is taken, or asked again if its period was not over."""
    root = tmp_path / "cache"
    with Server(FILES) as server:
        finished(server, root)
        (root / ".receipts" / "spot" / "3.json").unlink()
        n_asked = len(server.requests)
        assert finished(server, root) == list(FILES.values())
        assert len(server.requests) == n_asked
