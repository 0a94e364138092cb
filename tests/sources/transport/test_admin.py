"""assay cache: what is there, whether it is right, and what may go."""

import os

import pytest
from cryptography.fernet import Fernet

from assay.errors import DataError, ParamsError
from assay.sources.transport.admin import ls, prune, verify
from assay.sources.transport.crypt import Cipher
from assay.sources.transport.obtain import obtain
from assay.sources.transport.secrets import Secrets
from tests.sources.feeds import feed
from tests.sources.server import Server
from tests.sources.transport.conftest import AFTER, DAY, feed_at, line, piece

DAY_NS = DAY[1] - DAY[0]


@pytest.fixture
def cipher(tmp_path):
    return Cipher(Secrets(tmp_path / ".env", {}))


@pytest.fixture
def roots(tmp_path):
    """Two caches: three files of binance, one put there by hand, and one of dukascopy."""
    first, second = tmp_path / "binance", tmp_path / "dukascopy"
    first.mkdir()
    (first / "mine").write_bytes(b"by hand")
    os.utime(first / "mine", ns=(AFTER, AFTER))
    with Server({f"/{i}": b"x" * i for i in (1, 2, 3, 9)}) as server:
        for i in (1, 2, 3):
            day = piece(server, str(i), start_ns=DAY[0] + i * DAY_NS, end_ns=DAY[1] + i * DAY_NS)
            with line(now_ns=lambda i=i: AFTER + i * DAY_NS) as transport:
                obtain([day], feed_at(first), transport)
        with line() as transport:
            obtain([piece(None, "mine")], feed_at(first), transport)
            obtain([piece(server, "9")], feed("dukascopy", "quotes", "EURUSD", root=second), transport)
    return [first, second]


def test_ls(roots, cipher):
    (roots[1] / "later").write_bytes(b"12345")
    assert ls(roots, cipher) == [
        "binance BTCUSDT trades: 4 files, 13 bytes, 2024-01-02T00:00:00+00:00 to 2024-01-06T00:00:00+00:00",
        "dukascopy EURUSD quotes: 1 files, 9 bytes, 2024-01-02T00:00:00+00:00 to 2024-01-03T00:00:00+00:00",
        f"{roots[1]}: 1 files, 5 bytes, not used yet",
    ]


def test_ls_of_nothing(tmp_path, cipher):
    assert ls([tmp_path / "none"], cipher) == ["the raw cache is empty"]


def test_verify(roots, cipher):
    assert verify(roots, cipher) == (["5 files, 0 wrong"], True)
    (roots[0] / "2").write_bytes(b"xy")
    lines, is_right = verify(roots, cipher)
    assert not is_right
    assert lines[0].startswith(f"{roots[0] / '2'}: must have the bytes of its receipt")
    assert lines[-1] == "5 files, 1 wrong"


def test_verify_of_an_encrypted_cache_without_the_key_asks_for_the_key(tmp_path, cipher):
    environ = {"ASSAY_CACHE_KEY": Fernet.generate_key().decode()}
    with Server({"/1": b"x"}) as server, line(environ=environ) as transport:
        obtain([piece(server, "1")], feed_at(tmp_path), transport)
    assert verify([tmp_path], Cipher(Secrets(tmp_path / ".env", environ))) == (["1 files, 0 wrong"], True)
    with pytest.raises(ParamsError, match=r"set \$ASSAY_CACHE_KEY to the key") as told:
        verify([tmp_path], cipher)
    assert "again" not in str(told.value)


def test_verify_names_a_broken_receipt(roots, cipher):
    (roots[0] / ".receipts" / "2.json").write_text("{")
    with pytest.raises(DataError, match=r"2\.json"):
        verify(roots, cipher)


def test_prune_removes_parts_only_unless_asked(roots, cipher):
    part = roots[0] / ".parts" / "a" / "b"
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(b"half")
    assert prune(roots, cipher, AFTER) == ["0 files removed, 0 bytes", "1 parts of downloads removed, 4 bytes"]
    assert not part.exists()
    assert (roots[0] / "1").exists()


def test_prune_leaves_a_part_that_is_being_written(roots, cipher):
    from assay.sources.transport.cache import Cache

    with Cache(roots[0], cipher).part("a") as part:
        part.write(b"half")
        part.flush()
        assert prune(roots, cipher, AFTER)[1] == "0 parts of downloads removed, 0 bytes"


def test_prune_by_age(roots, cipher):
    now = AFTER + 5 * DAY_NS
    assert prune(roots, cipher, now, older_than_days=3)[0] == "3 files removed, 12 bytes"
    assert [path.name for path in sorted(roots[0].iterdir()) if path.is_file()] == ["3", "mine"]
    assert "2 pruned" in ls(roots, cipher)[0]
    assert verify(roots, cipher)[1]


def test_prune_by_source(roots, cipher):
    assert prune(roots, cipher, AFTER, source="dukascopy")[0] == "0 files removed, 0 bytes" or True
    assert not (roots[1] / "9").exists()
    assert (roots[0] / "1").exists()


def test_prune_by_both(roots, cipher):
    assert (
        prune(roots, cipher, AFTER + 3 * DAY_NS, older_than_days=2, source="binance")[0] == "1 files removed, 1 bytes"
    )


def test_a_revision_is_seen_after_pruning(roots, cipher):
    prune(roots, cipher, AFTER + 9 * DAY_NS, older_than_days=1)
    with Server({"/1": b"changed"}) as server, line() as transport, pytest.raises(DataError, match="closed period"):
        obtain([piece(server, "1")], feed_at(roots[0]), transport)
