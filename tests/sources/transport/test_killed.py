"""kill -9 while files come in: nothing half is ever read, and a rerun ends where an undisturbed run does."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from assay.sources.transport import admin
from assay.sources.transport.cache import Cache
from assay.sources.transport.crypt import Cipher
from assay.sources.transport.obtain import obtain
from assay.sources.transport.places import RECEIPT
from assay.sources.transport.secrets import Secrets
from tests.sources.server import Server
from tests.sources.transport.conftest import AFTER, DAY, feed_at, line, piece

HOUR_NS = 3_600 * 10**9
CIPHER = Cipher(Secrets(Path("/nowhere"), {}))
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
with line(at_once=2) as transport:
    obtain(pieces, feed_at(Path(sys.argv[2])), transport)
"""


def visible(root):
    """Return what a reader of the cache may see."""
    paths = [path for path in root.rglob("*") if path.is_file() and not path.relative_to(root).parts[0].startswith(".")]
    return {f"/{path.relative_to(root).as_posix()}": path.read_bytes() for path in paths}


def killed(server, root, n_bytes):
    """Start a run, let the server send so many bytes, and kill the run; return whether it was still at work."""
    server.allow(n_bytes)
    with subprocess.Popen([sys.executable, "-c", RUN, server.url, str(root)], stdout=subprocess.PIPE) as run:
        assert server.stalled.wait(60)
        run.kill()
    return run.returncode == -9


def finished(server, root):
    pieces = [piece(server, f"spot/{i}") for i in range(N_FILES)]
    with line() as transport:
        return [raw.read() for raw in obtain(pieces, feed_at(root), transport)]


def survives(tmp_path, moments):
    """Kill a run after each of these numbers of bytes, then let one finish: nothing is half there, at no time.

    How much of what was sent a killed run had put down is chance; that a cut answer goes on is shown beside this.
    """
    assert sum(moments) < N_FILES * N_BYTES
    root = tmp_path / "cache"
    with Server(FILES) as server:
        for n_bytes in moments:
            assert killed(server, root, n_bytes)
            assert visible(root).items() <= FILES.items()
        server.allow(None)
        assert finished(server, root) == list(FILES.values())
        assert visible(root) == FILES
    assert not [path for path in (root / ".parts").rglob("*") if path.is_file()]


def test_killed_at_three_moments(tmp_path):
    survives(tmp_path, (1, 40_000, 100_000))


@pytest.mark.slow
def test_killed_at_ten_random_moments(tmp_path):
    draw = random.Random(7)
    survives(tmp_path, [draw.randrange(1, 36_000) for _ in range(10)])


def put_down(monkeypatch, root, wanted, now_ns, n_moves):
    """Kill a download after so many of its files were moved to their places: bytes, receipt."""
    left = iter(range(n_moves))
    replace = Path.replace

    def dead(origin, place):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return replace(origin, place)

    monkeypatch.setattr(Path, "replace", dead)
    with line(now_ns=lambda: now_ns) as transport, pytest.raises(KeyboardInterrupt):
        obtain([wanted], feed_at(root), transport)
    monkeypatch.setattr(Path, "replace", replace)


@pytest.mark.parametrize(("n_moves", "is_there", "n_asked"), [(0, False, 2), (1, True, 1)])
def test_killed_before_the_receipt_was_written(tmp_path, monkeypatch, n_moves, is_there, n_asked):
    """What lies there whole keeps its own receipt; the rest is asked for again. Nothing counts as put by hand."""
    with Server(FILES) as server:
        wanted = piece(server, "spot/3")
        put_down(monkeypatch, tmp_path, wanted, AFTER, n_moves=n_moves)
        assert (tmp_path / wanted.path).exists() is is_there
        assert admin.prune([tmp_path], CIPHER, AFTER)[0].startswith("0 files")
        with line(now_ns=lambda: AFTER + HOUR_NS) as transport:
            (raw,) = obtain([wanted], feed_at(tmp_path), transport)
        assert raw.read() == FILES["/spot/3"]
        assert len(server.requests) == n_asked
        assert raw.receipt == Cache(tmp_path, CIPHER).receipt(wanted.path)
    told = raw.receipt
    assert (told.by_hand, told.url, told.etag != "") == (False, wanted.url, True)
    assert told.asked_ns == (AFTER if is_there else AFTER + HOUR_NS)
    assert not [path for path in (tmp_path / ".parts").rglob("*") if path.is_file()]


def test_killed_after_a_missing_hour_that_comes_later(tmp_path, monkeypatch):
    """Nothing there, soon after the hour: that is asked again, killed or not."""
    with Server({}) as server:
        wanted = piece(server, "spot/3", when_missing="closed")
        put_down(monkeypatch, tmp_path, wanted, DAY[1] + HOUR_NS, n_moves=1)
        assert (tmp_path / wanted.path).read_bytes() == b""
        server.content["/spot/3"] = b"late"
        with line(now_ns=lambda: DAY[1] + 30 * HOUR_NS) as transport:
            (raw,) = obtain([wanted], feed_at(tmp_path), transport)
        assert (raw.read(), raw.receipt.by_hand) == (b"late", False)


def test_killed_while_a_revision_was_taken(tmp_path, monkeypatch):
    """The new bytes lie there beside the receipt of the old ones: the note knows them and what they were before."""
    with Server({"/spot/3": b"before"}) as server:
        wanted = piece(server, "spot/3")
        with line() as transport:
            obtain([wanted], feed_at(tmp_path), transport)
        server.content["/spot/3"] = b"and after"
        with line() as transport:
            asked = {"refresh": True, "accept_revision": True}
            with monkeypatch.context() as patch:
                patch.setattr(Cache, "_settle", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
                with pytest.raises(KeyboardInterrupt):
                    obtain([wanted], feed_at(tmp_path), transport, **asked)
        with line() as transport:
            (raw,) = obtain([wanted], feed_at(tmp_path), transport)
        assert raw.read() == b"and after"
        assert [past.n_bytes for past in raw.receipt.revisions] == [len(b"before")]
        assert len(server.requests) == 2


def test_a_file_put_there_by_hand_after_a_kill_is_taken_as_such(tmp_path, monkeypatch):
    """A note speaks of its own bytes alone."""
    with Server(FILES) as server:
        wanted = piece(server, "spot/3")
        put_down(monkeypatch, tmp_path, wanted, AFTER, n_moves=0)
        (tmp_path / "spot").mkdir(exist_ok=True)
        (tmp_path / wanted.path).write_bytes(b"mine")
        with line() as transport:
            (raw,) = obtain([wanted], feed_at(tmp_path), transport)
        assert (raw.read(), raw.receipt.by_hand) == (b"mine", True)
        assert len(server.requests) == 1


def test_the_note_of_a_receipt_that_was_written_goes_with_the_next_run(tmp_path, monkeypatch):
    root, unlink = tmp_path / "cache", Path.unlink

    def dies(path, missing_ok=False):
        """End where a kill would: the receipt is in its place, and its note is still there."""
        if path.name.endswith(RECEIPT):
            raise KeyboardInterrupt
        unlink(path, missing_ok=missing_ok)

    def parts():
        return [path.name for path in (root / ".parts").rglob("*") if path.is_file()]

    with Server(FILES) as server, line() as transport:
        monkeypatch.setattr(Path, "unlink", dies)
        with pytest.raises(KeyboardInterrupt):
            obtain([piece(server, "spot/0")], feed_at(root), transport)
        monkeypatch.undo()
        assert parts() == [f"0{RECEIPT}"]
        assert visible(root) == {"/spot/0": FILES["/spot/0"]}
        assert finished(server, root) == list(FILES.values())
        assert server.paths().count("/spot/0") == 1
    assert parts() == []
