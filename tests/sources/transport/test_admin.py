"""assay cache: what is there, whether it is right, and what may go."""

import os

import pytest
from cryptography.fernet import Fernet

from assay.errors import DataError, ParamsError
from assay.sources.feeds import venue_of
from assay.sources.transport.admin import ls, prune, verify
from assay.sources.transport.cache import Cache
from assay.sources.transport.crypt import Cipher
from assay.sources.transport.obtain import obtain
from assay.sources.transport.secrets import Secrets
from tests.sources.feeds import feed, ns
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
    with Cache(roots[0], cipher).part("a") as part:
        part.write(b"half")
        part.flush()
        assert prune(roots, cipher, AFTER)[1] == "0 parts of downloads removed, 0 bytes"


def test_prune_leaves_the_note_of_a_part_that_is_being_written_and_counts_none(roots, cipher):
    with Cache(roots[0], cipher).part("a") as part:
        part.begin("https://venue/a", "v1")
        note = roots[0] / ".parts/a.from"
        assert prune(roots, cipher, AFTER)[1] == "0 parts of downloads removed, 0 bytes"
        assert note.exists()
        part.write(b"half")
    assert prune(roots, cipher, AFTER)[1] == "1 parts of downloads removed, 4 bytes"
    assert not [path for path in (roots[0] / ".parts").rglob("*") if path.is_file()]


def test_prune_removes_notes_without_a_part_but_the_receipts_of_bytes_in_their_place(roots, cipher):
    folder = roots[0] / ".parts"
    for name in ("a.from", "c.receipt.json", "d", "d.receipt.json"):
        (folder / name).write_bytes(b"12")
    assert prune(roots, cipher, AFTER)[1] == "1 parts of downloads removed, 2 bytes"
    assert [path.name for path in sorted(folder.rglob("*")) if path.is_file()] == ["c.receipt.json"]


def test_prune_by_age(roots, cipher):
    now = AFTER + 5 * DAY_NS
    removed = "3 files removed, 12 bytes; 1 spared: they were put there by hand"
    assert prune(roots, cipher, now, older_than_days=3)[0] == removed
    assert [path.name for path in sorted(roots[0].iterdir()) if path.is_file()] == ["3", "mine"]
    assert "2 pruned" in ls(roots, cipher)[0]
    assert verify(roots, cipher)[1]


def test_prune_by_source(roots, cipher):
    assert prune(roots, cipher, AFTER, source="dukascopy")[0] == "1 files removed, 9 bytes"
    assert not (roots[1] / "9").exists()
    assert (roots[0] / "1").exists()


def test_prune_by_both(roots, cipher):
    removed = "1 files removed, 1 bytes; 1 spared: they were put there by hand"
    assert prune(roots, cipher, AFTER + 3 * DAY_NS, older_than_days=2, source="binance")[0] == removed
    assert (roots[0] / "mine").exists()


def test_a_revision_is_seen_after_pruning(roots, cipher):
    prune(roots, cipher, AFTER + 9 * DAY_NS, older_than_days=1)
    with (
        Server({"/1": b"changed"}) as server,
        line() as transport,
        pytest.raises(DataError, match="closed period") as e,
    ):
        obtain([piece(server, "1")], feed_at(roots[0]), transport)
    assert str(e.value).endswith("; accept it with --accept-revision")


def kept(root, server, path, served_until_ns):
    """Bring a piece of a day into the cache."""
    with line() as transport:
        obtain([piece(server, path, served_until_ns=served_until_ns)], feed_at(root), transport)


@pytest.fixture
def short(tmp_path):
    """A cache of what the venue serves for good, what it serves for ten days more, and what it no longer serves."""
    root = tmp_path / "short"
    with Server({f"/{name}": b"x" * 5 for name in ("good", "ten", "gone")}) as server:
        kept(root, server, "good", None)
        kept(root, server, "ten", AFTER + 10 * DAY_NS)
        kept(root, server, "gone", 0)
    return root


@pytest.mark.parametrize(
    ("days", "also_unserved", "said", "left"),
    [
        (0, False, "2 files removed, 10 bytes; 1 spared: the venue no longer serves them", {"gone"}),
        (8.9, False, "2 files removed, 10 bytes; 1 spared: the venue no longer serves them", {"gone"}),
        (9, False, "1 files removed, 5 bytes; 2 spared: the venue no longer serves them", {"gone", "ten"}),
        (99, False, "1 files removed, 5 bytes; 2 spared: the venue no longer serves them", {"gone", "ten"}),
        (99, True, "3 files removed, 15 bytes", set()),
    ],
)
def test_prune_spares_what_the_venue_no_longer_serves_or_will_not_in_a_day(
    short, cipher, days, also_unserved, said, left
):
    now_ns = AFTER + int(days * DAY_NS)
    assert prune([short], cipher, now_ns, source="binance", also_unserved=also_unserved)[0] == said
    assert {path.name for path in short.iterdir() if path.is_file()} == left


def test_prune_never_removes_what_was_put_there_by_hand(roots, cipher):
    said = prune(roots, cipher, AFTER + 99 * DAY_NS, source="binance", also_unserved=True)[0]
    assert said == "3 files removed, 6 bytes; 1 spared: they were put there by hand"
    assert (roots[0] / "mine").read_bytes() == b"by hand"


def test_a_receipt_tells_until_when_the_venue_serves_it_also_after_a_revision(short):
    cache = Cache(short, Cipher(Secrets()))
    told = {name: cache.receipt(name).served_until for name in ("good", "ten", "gone")}
    assert told == {"good": "", "ten": "2024-06-11T00:00:00+00:00", "gone": "1970-01-01T00:00:00+00:00"}


MONTH = ("2024-05-01", "2024-06-01")
LEFT, STAYED = {"AAPL": ["2010-01-01", "2024-05-20"]}, {"AAPL": ["2010-01-01"]}
KEPT = {
    "minutes of Yahoo": (feed("yahoo", "ohlcv", "AAPL", *MONTH, interval="1m"), "2024-05-29"),
    "five minutes of Yahoo": (feed("yahoo", "ohlcv", "AAPL", *MONTH, interval="5m"), "2024-06-30"),
    "hours of Yahoo": (feed("yahoo", "ohlcv", "AAPL", *MONTH, interval="1h"), "2026-05-01"),
    "days of Yahoo": (feed("yahoo", "ohlcv", "AAPL", *MONTH, interval="1d"), "1970-01-01"),
    "actions of Yahoo": (feed("yahoo", "actions", "AAPL", *MONTH, interval="1m"), "1970-01-01"),
    "hours of what left": (feed("yahoo", "ohlcv", "AAPL", *MONTH, interval="1h", universe=LEFT), "1970-01-01"),
    "hours of what stayed": (feed("yahoo", "ohlcv", "AAPL", *MONTH, interval="1h", universe=STAYED), "2026-05-01"),
    "candles of Kraken": (feed("ccxt", "ohlcv", "BTC/USD", "2024-05-04", MONTH[1], interval="1h"), "2024-05-27"),
    "trades of Kraken": (feed("ccxt", "trades", "BTC/USD", *MONTH), None),
    "candles of others": (feed("ccxt", "ohlcv", "BTC/USD", *MONTH, exchange="okx"), "1970-01-01"),
    "liquidations of Binance": (feed("binance", "liquidations", "BTCUSDT", *MONTH, market="usdm"), "1970-01-01"),
    "candles of Binance": (feed("binance", "ohlcv", "BTCUSDT", *MONTH), None),
    "open interest of Binance": (feed("binance", "open_interest", "BTCUSDT", *MONTH, market="usdm"), None),
    "trades of Binance": (feed("binance", "trades", "BTCUSDT", *MONTH, endpoint="http://x/api/v3"), None),
    "trades of its futures, by REST": (
        feed("binance", "trades", "BTCUSDT", *MONTH, market="usdm", endpoint="http://x/fapi/v1"),
        "2024-05-03",
    ),
    "bars of Polygon": (feed("polygon", "ohlcv", "AAPL", *MONTH), None),
    "hours of Dukascopy": (feed("dukascopy", "quotes", "EURUSD", *MONTH), None),
    "days of Tardis": (feed("tardis", "trades", "BTCUSDT", *MONTH), None),
}
"""Until when the first piece is served: Yahoo's 30, 60 and 730 days, Kraken's 720 candles; week, month, ten days."""


@pytest.mark.parametrize("name", KEPT)
def test_venues_say_how_far_back_they_serve(name):
    wanted, until = KEPT[name]
    first = venue_of(wanted.params.source).pieces(wanted)[0]
    assert first.served_until_ns == (None if until is None else ns(until))
