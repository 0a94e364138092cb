"""The raw cache at rest: encrypted with a key, readable with it alone, and nothing plain beside it."""

import base64
import json

import pytest
from cryptography.fernet import Fernet

from assay.errors import DataError, ParamsError
from assay.sources.transport.crypt import MAGIC, NAME
from assay.sources.transport.obtain import obtain
from tests.sources.transport.conftest import CSV, line, piece

FIRST, SECOND = (base64.urlsafe_b64encode(bytes([byte]) * 32).decode() for byte in (1, 2))
PATH = "spot/BTCUSDT/day.csv"


def had(server, feed, key, **options):
    with line(environ={NAME: key} if key else {}) as transport:
        return obtain([piece(server)], feed, transport, **options)[0].read()


def test_bytes_come_back_and_lie_encrypted(server, feed_here):
    assert had(server, feed_here, FIRST) == had(server, feed_here, FIRST) == CSV
    assert len(server.requests) == 1
    stored = (feed_here.root / PATH).read_bytes()
    assert stored.startswith(MAGIC)
    assert Fernet(FIRST).decrypt(stored.removeprefix(MAGIC)) == CSV
    receipt = json.loads((feed_here.root / ".receipts" / f"{PATH}.json").read_text())
    assert receipt["n_bytes"] == len(CSV)


def test_nothing_plain_is_ever_on_the_disk(server, feed_here):
    def looked(request):
        files = [path.read_bytes() for path in feed_here.root.rglob("*") if path.is_file()]
        assert not any(b"1.25" in raw for raw in files)
        return CSV

    server.content[f"/{PATH}"] = looked
    server.fault(f"/{PATH}", "cut", times=2)
    assert had(server, feed_here, FIRST) == CSV
    server.content[f"/{PATH}"] = CSV.replace(b"7", b"8")
    with pytest.raises(DataError, match="closed period"):
        had(server, feed_here, FIRST, refresh=True)
    files = [path.read_bytes() for path in feed_here.root.rglob("*") if path.is_file()]
    assert not any(b"1.25" in raw for raw in files)


def test_plain_and_encrypted_files_lie_side_by_side(server, feed_here):
    assert had(server, feed_here, "") == CSV
    assert had(server, feed_here, FIRST) == CSV
    assert (feed_here.root / PATH).read_bytes() == CSV
    assert had(server, feed_here, FIRST, refresh=True) == CSV
    assert (feed_here.root / PATH).read_bytes().startswith(MAGIC)
    assert len(server.requests) == 2


def test_encrypted_bytes_need_the_key(server, feed_here):
    had(server, feed_here, FIRST)
    with pytest.raises(ParamsError, match=r"\$ASSAY_CACHE_KEY: must hold the key of the raw cache"):
        had(server, feed_here, "")


def test_another_key_is_told(server, feed_here):
    had(server, feed_here, FIRST)
    with pytest.raises(DataError, match=r"must open with \$ASSAY_CACHE_KEY"):
        had(server, feed_here, SECOND)


def test_keys_are_rotated_by_putting_the_new_one_in_front(server, feed_here):
    had(server, feed_here, FIRST)
    assert had(server, feed_here, f"{SECOND},{FIRST}") == CSV
    had(server, feed_here, f"{SECOND},{FIRST}", refresh=True)
    assert had(server, feed_here, SECOND) == CSV


@pytest.mark.parametrize("key", ["short", "a" * 44, FIRST[:-2], f"{FIRST},"], ids=["short", "a", "cut", "comma"])
def test_what_is_no_key_is_refused_without_showing_it(key):
    with pytest.raises(ParamsError, match="must be a key of Fernet") as caught:
        line(environ={NAME: key})
    assert key not in str(caught.value)


def test_damaged_bytes_are_told(server, feed_here):
    had(server, feed_here, FIRST)
    place = feed_here.root / PATH
    place.write_bytes(place.read_bytes()[:-7])
    with pytest.raises(DataError, match="damaged bytes"):
        had(server, feed_here, FIRST)
