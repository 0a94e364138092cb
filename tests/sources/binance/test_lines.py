"""Lines of recorded streams by hand: books before and after a gap, odd lines, and what is refused."""

import gzip
import json

import polars as pl
import pytest

from assay.errors import DataError
from assay.sources.binance import VENUE
from assay.tables.kinds import TABLES
from tests.sources.binance.captured import FIRST, LEVELS, MS, NANO, RUN, depth, line, small, snapshot
from tests.sources.binance.conftest import feed, piece

DAY = 86_400 * 10**9


def test_a_book_by_hand_before_its_snapshot_was_received_and_after_a_gap():
    frame, counts = small("book", FIRST, RUN[0], snapshot(1500, 6, *LEVELS), *RUN[1:])
    assert counts == {
        "messages_of_other_symbols": 0,
        "depth_updates_without_a_book": 3,
        "depth_sequence_gaps": 1,
        "books_thinned": 0,
    }
    assert frame["bid_prices"].to_list() == [[9.0], [9.5, 9.0]]
    assert frame["bid_sizes"].to_list() == [[2.0], [7.0, 2.0]]
    assert frame["ask_sizes"].to_list() == [[5.0, 4.0], [5.0, 4.0]]
    assert (frame["known_at"].cast(pl.Int64) - NANO).to_list() == [1500 * 10**6, 2005 * 10**6]


def test_a_snapshot_after_the_gap_begins_the_book_anew():
    frame, counts = small("book", FIRST, snapshot(500, 6, *LEVELS), *RUN, snapshot(5500, 13, *LEVELS))
    assert counts["depth_updates_without_a_book"] == 1
    assert frame["bid_prices"].to_list() == [[9.0], [9.5, 9.0], [10.0, 9.0, 8.0], [10.0, 9.0, 8.0]]


def test_spot_counts_from_the_snapshots_id_plus_one():
    frame, counts = small("book", FIRST, RUN[0], snapshot(1500, 5, *LEVELS), market="spot")
    assert (frame.height, counts["depth_updates_without_a_book"]) == (1, 1)
    frame, _ = small("book", FIRST, RUN[0], snapshot(1500, 4, *LEVELS), market="spot")
    assert frame.height == 2
    frame, _ = small("book", RUN[0], snapshot(1500, 4, *LEVELS), market="spot")
    assert frame.height == 0


def test_update_ids_that_fall_and_levels_that_are_no_numbers_are_refused():
    with pytest.raises(DataError, match="update ids never fall"):
        small("book", RUN[1], RUN[0])
    for level in (["10", "many"], ["10"], ["10", "nan"], ["-1", "1"]):
        with pytest.raises(DataError, match=r"must have a value|finite numbers"):
            small("book", snapshot(0, 6, *LEVELS), depth(1000, 6, 8, 5, [level]))


def test_forced_orders_in_a_stream_of_its_own_without_the_streams_name():
    order = {
        "s": "BTCUSDT",
        "S": "SELL",
        "o": "LIMIT",
        "f": "IOC",
        "q": "0.014",
        "p": "9910",
        "ap": "9911",
        "X": "FILLED",
    }
    order |= {"l": "0.014", "z": "0.014", "T": MS + 100}
    bare = f"{NANO + 10**9} " + json.dumps({"e": "forceOrder", "E": MS + 101, "o": order}, separators=(",", ":"))
    other = bare.replace("BTCUSDT", "ETHUSDT")
    frame, counts = small("liquidations", bare, other)
    TABLES["liquidations"].check(frame, "test")
    assert frame.select("side", "price", "size").row(0) == (-1, 9911.0, 0.014)
    assert counts == {"messages_of_other_symbols": 1, "liquidations_not_filled": 0}


def test_a_publish_lag_is_added_to_the_receipt():
    update = line(7, {"e": "markPriceUpdate", "E": MS, "s": "BTCUSDT", "p": "5", "i": "", "r": "0.1"})
    where, raw = piece("usdm/a.gz", "2024-08-08", "2024-08-09"), update.encode()
    for seconds, known_ms in (("auto", 7), (1.5, 1507)):
        frame, _ = VENUE.decode(raw, where, feed("mark_price", market="usdm", publish_lag_seconds=seconds))
        assert (frame["known_at"] - frame["time"]).dt.total_milliseconds().to_list() == [known_ms]


def test_aggregated_trades_are_taken_where_a_capture_has_both():
    said = {"T": MS, "s": "BTCUSDT", "p": "5", "q": "1", "m": False}
    both = [
        line(1, {"e": name, "E": MS, number: 1, **said}, name) for name, number in (("trade", "t"), ("aggTrade", "a"))
    ]
    assert small("trades", *both)[0].height == 1


GOOD = line(1, {"e": "trade", "E": MS, "T": MS, "t": 1, "s": "BTCUSDT", "p": "5", "q": "1", "m": False}, "trade")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("what?", " row 1: lines are time and message; found 'what"),
        (f"{NANO} nothing", " row 1: lines are time and message"),
        (f"{NANO // 10} {{}}", " row 1: times are of 10, 13, 16 or 19 digits"),
        ("1 {}", " row 1: lines are time and message"),
        (f'{NANO} {{"e":"trade"', " row 1: lines are time and message"),
        (line(1, {"e": "trade", "s": "BTCUSDT"}), " row 1: T must have a value"),
        (f'{NANO} {{"e":"trade",}}', ": messages must be the venue's JSON"),
        (f"{NANO + 9 * DAY} {{}}", " row 1: received_ns must be from"),
    ],
)
def test_lines_that_are_no_messages_are_refused_and_those_before_them_too(text, rule):
    for lines, n in (((text,), 1), ((GOOD, text), 2)):
        with pytest.raises(DataError, match=rf"^usdm/btcusdt_20240808\.gz{rule.replace('row 1', f'row {n}')}"):
            small("trades", *lines)


@pytest.mark.parametrize("magic", [b"\x28\xb5\x2f\xfd", b"x\x9c", b"x^", b"BZh", b"\x04\x22\x4d\x18", b"\x00"])
def test_what_is_packed_once_more_is_refused_and_not_unpacked(magic):
    with pytest.raises(DataError, match="must be lines of text"):
        VENUE.decode(magic * 9, piece("usdm/a", "2024-08-08", "2024-08-09"), feed("trades", market="usdm"))
    with pytest.raises(DataError, match="must be lines of text"):
        VENUE.decode(gzip.compress(gzip.compress(b"1")), piece("usdm/a", "2024-08-08", "2024-08-09"), feed("trades"))
