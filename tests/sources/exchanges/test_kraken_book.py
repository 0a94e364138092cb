"""Kraken's book: real captures against a replay in plain Python that meets every checksum, and others by hand."""

import gzip
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import DataError
from assay.sources.exchanges import kraken_book
from assay.sources.exchanges.checksum import Digits, sound
from assay.tables.kinds import TABLES
from tests.sources.exchanges.recorded import (
    PAIRS,
    RECEIVED,
    crc,
    cut,
    decoded,
    kraken_books,
    levels,
    piece,
    raw_of,
    said,
)
from tests.sources.feeds import feed

N_CHANGES = [576, 846, 335, 20, 818, 317, 148, 573, 289, 347]
"""Changes of each pair's book, counted with grep: 4,269 in all."""


@pytest.mark.parametrize(("pair", "n_changes"), [*zip(PAIRS, N_CHANGES, strict=True)])
def test_books_are_a_replay_in_plain_python_that_meets_every_checksum(shared, pair, n_changes):
    raw = raw_of(shared, "kraken", "book")
    frame, counts = kraken_book.books(raw, piece("kraken"), feed("ccxt", "book", pair), pace_ns=0)
    TABLES["book"].check(frame, pair)
    assert frame.height == n_changes
    assert levels(frame) == kraken_books(raw, pair)
    assert counts == {
        "messages_of_other_symbols": sum(N_CHANGES) + len(PAIRS) - n_changes - 1,
        "depth_updates_without_a_book": 0,
        "depth_checksums_wrong": 0,
        "books_thinned": 0,
    }
    told, counts = decoded(raw, "kraken", "book", pair)
    assert counts["books_thinned"] == n_changes - told.height
    assert (told["time"].to_physical() // 10**9).to_list() == sorted({*(frame["time"].to_physical() // 10**9)})
    assert (told["known_at"] >= told["time"]).all()


def books(lines, pair="XMR/USD"):
    raw = b"\n".join(lines) + b"\n"
    return kraken_book.books(raw, piece("kraken"), feed("ccxt", "book", pair), pace_ns=0)


def test_a_change_that_is_lost_shows_and_the_book_is_unknown_until_the_next_snapshot(shared):
    lines = gzip.decompress(raw_of(shared, "kraken", "book")).splitlines()
    mine = [number for number, said in enumerate(lines) if said.endswith(b'"XMR/USD"]')]
    sums = [said.partition(b'"c":"')[2] for said in (lines[number] for number in mine)]
    lost = next(i for i in range(100, 846) if sums[i] != sums[i - 1] and sums[i + 1] != sums[i - 1])
    whole, _ = books(lines)
    frame, counts = books(lines[: mine[lost]] + lines[mine[lost] + 1 :])
    assert levels(frame) == levels(whole)[: lost - 1]
    assert counts["depth_checksums_wrong"] == 1
    assert counts["depth_updates_without_a_book"] == 846 - lost
    again = lines[: mine[lost]] + lines[mine[lost] + 1 : mine[lost] + 200] + lines
    frame, counts = books(again)
    assert levels(frame) == levels(whole)[: lost - 1] + levels(whole)
    assert counts["depth_checksums_wrong"] == 1


DOC_ASKS = [f"0.05{cents:03d}" for cents in range(5, 55, 5)]
DOC_BIDS = [f"0.0{cents}" for cents in range(5000, 4949, -5) if cents != 4985]
"""Of Kraken's guide, "Book checksum (WebSocket v1)": each level has the size 0.00000500."""


GUIDE = "5005500501050050155005020500502550050305005035500504050050455005050500"
GUIDE += "5000500499550049905004980500497550049705004965500496050049555004950500"


def level(price, size, second=0):
    return [price, size, f"{RECEIVED + second}.000001"]


def snapshot(bids, asks, **more):
    return said({"as": [level(*one) for one in asks], "bs": [level(*one) for one in bids]}, **more)


def test_the_checksum_of_krakens_guide():
    """The text that it is of, and the checksum, are the guide's."""
    size = "0.00000500"
    asks, bids = [(price, size) for price in DOC_ASKS], [(price, size) for price in DOC_BIDS]
    text = "".join(price.replace(".", "").lstrip("0") + "500" for price, _ in [*asks, *bids])
    assert text == GUIDE
    assert zlib.crc32(text.encode()) == 974947235
    changed = said({"a": [level(*asks[0], 1)]}, {"b": [level(*bids[0], 1)], "c": "974947235"})
    frame, counts = books([snapshot(bids, [("0.05005", "1.00000000"), *asks[1:]]), changed])
    assert counts["depth_checksums_wrong"] == 0
    assert frame["ask_sizes"].to_list() == [[0.000005] * 10]
    frame, counts = books([snapshot(bids, asks), changed.replace(b"974947235", b"974947236")])
    assert (frame.height, counts["depth_checksums_wrong"], counts["depth_updates_without_a_book"]) == (0, 1, 1)


def test_changes_before_a_snapshot_and_without_a_checksum():
    change = said({"b": [level("1.0", "2.0", 1)]}, second=1)
    frame, counts = books([change, snapshot([("1.0", "1.0")], [("2.0", "1.0")]), change])
    assert (frame.height, counts["depth_updates_without_a_book"]) == (1, 1)
    assert levels(frame) == [[[(1.0, 2.0)], [(2.0, 1.0)]]]
    assert frame["time"].to_physical().to_list() == [(RECEIVED + 1) * 10**9 + 1_000]
    assert frame["known_at"].to_physical().to_list() == [(RECEIVED + 1) * 10**9 + 500_000_000]


def test_what_falls_behind_the_depth_is_forgotten():
    """The eleventh level does not come back when the first goes: the exchange would tell of it anew."""
    bids = [(f"{price}.0", "1.0") for price in range(20, 10, -1)]
    better, gone = said({"b": [level("21.0", "1.0")]}), said({"b": [level("21.0", "0.0")]})
    frame, _ = books([snapshot(bids, [("30.0", "1.0")]), better, gone])
    assert [len(row) for row in frame["bid_prices"].to_list()] == [10, 9]
    assert frame["bid_prices"].to_list()[1] == [float(price) for price in range(20, 11, -1)]


CHANGE = st.tuples(st.booleans(), st.integers(1, 40), st.integers(0, 3))


@settings(deadline=None, max_examples=150)
@given(st.lists(st.lists(CHANGE, max_size=4), max_size=25), st.integers(1, 12), st.sets(st.integers(0, 24), max_size=3))
def test_books_and_checksums_of_any_depth_are_those_of_a_dict(changes, depth, snapshots):
    """Bids are 1 to 40, asks 41 to 80; a message that is none is a snapshot."""
    book, sums, begins = {"b": {}, "a": {}}, [], []
    sides = {"b": ([0], [], []), "a": ([0], [], [])}
    for i, rows in enumerate(changes):
        begins.append(i in snapshots or i == 0)
        book = {"b": {}, "a": {}} if begins[-1] else book
        for is_bid, price, size in rows:
            name, at = ("b", price) if is_bid else ("a", price + 40)
            book[name][at] = (str(at), str(size))
            sides[name][1].append(at)
            sides[name][2].append(size)
        for name, best in (("b", "highest"), ("a", "lowest")):
            kept = {price: one for price, one in book[name].items() if one[1] != "0"}
            book[name] = cut(kept, best=best, n=depth)
            sides[name][0].append(len(sides[name][1]))
        sums.append(crc(book["b"], book["a"]))
    bids, asks = (Digits(*(np.array(part, np.int64) for part in sides[name])) for name in "ba")
    known = sound(bids, asks, np.array(begins, np.bool_), np.array(sums, np.int64), depth)
    assert known.all()
    if sums:
        sums[-1] ^= 1
        known = sound(bids, asks, np.array(begins, np.bool_), np.array(sums, np.int64), depth)
        assert known.tolist() == [True] * (len(sums) - 1) + [False]


@pytest.mark.parametrize(
    ("part", "rule"),
    [
        ({"a": [level("1e5", "1.0")]}, "row 1: price is a decimal"),
        ({"a": [level("1.0", "-1.0")]}, "row 1: size is a decimal"),
        ({"a": [level("0.0", "1.0")]}, "row 1: price_digits must be from 1"),
        ({"a": [level("1.0", "1.0"), level("1.00", "1.0")]}, "row 2: price has as many decimals as the one before"),
        ({"a": [["1.0", "1.0"]]}, "row 1: levels are price, size, time"),
        ({"c": "1"}, "row 1: messages hold a snapshot or changes"),
        ({"a": [level("1.0", "1.0")], "c": "-1"}, "row 1: checksums are whole numbers of 32 bits"),
        ({"a": [["1.0", "1.0", "1718678134.5"]]}, "row 1: time must be from"),
    ],
)
def test_what_is_no_book_of_krakens_is_named(part, rule):
    with pytest.raises(DataError, match=rf"^kraken/x\.gz {rule}"):
        books([said(part)])
