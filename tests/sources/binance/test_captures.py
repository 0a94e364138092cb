"""Recorded streams: counts of the data's README, and books that agree with the venue's best quotes."""

import gzip
import json
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from assay.errors import DataError
from assay.sources.binance import VENUE
from assay.sources.binance.book import books
from assay.sources.moments import nanoseconds
from assay.tables.kinds import TABLES
from tests.sources.binance.conftest import feed, piece

MARKETS = {"usdm": "BTCUSDT", "spot": "BTCUSDT", "coinm": "BTCUSD_PERP"}
README_ROWS = [
    ("usdm", "trades", "2024-08-08", 21_313),
    ("usdm", "quotes", "2024-08-08", 66_089),
    ("spot", "trades", "2024-08-08", 19_904),
    ("spot", "quotes", "2024-08-08", 73_174),
    ("coinm", "trades", "2024-08-08", 5_235),
    ("coinm", "quotes", "2024-08-08", 48_355),
    ("usdm", "trades", "2023-04-04", 12_935),
    ("usdm", "quotes", "2023-04-04", 44_205),
    ("usdm", "mark_price", "2023-04-04", 514),
    ("spot", "trades", "2023-04-04", 3_144),
]
DAY = 86_400 * 10**9


def recorded(shared, market, kind, day):
    """Return the rows of the captures of a day and the next, checked, and what was counted."""
    root = shared / "binance_ws"
    one = feed(
        kind, day, "2024-08-10" if day > "2024" else "2023-04-06", symbol=MARKETS[market], root=root, market=market
    )
    parts = [VENUE.decode((root / part.path).read_bytes(), part, one) for part in VENUE.pieces(one)]
    for frame, _ in parts:
        TABLES[kind].check(frame, kind)
    return pl.concat(frame for frame, _ in parts), [counts for _, counts in parts]


@pytest.mark.parametrize(("market", "kind", "day", "n_rows"), README_ROWS)
def test_rows_of_the_readme(shared, market, kind, day, n_rows):
    frame, counts = recorded(shared, market, kind, day)
    assert frame.height + sum(count.get("trades_not_of_the_market", 0) for count in counts) == n_rows
    assert sum(count.get("trade_ids_missing", 0) for count in counts) == 0
    assert (frame["time"].diff().dt.total_nanoseconds() < 0).sum() == 0
    assert frame["time"][0] >= pl.Series([f"{day}T23:54"]).str.to_datetime(time_zone="UTC")[0]


def test_a_trade_of_the_insurance_fund_is_no_trade_of_the_market(shared):
    _, counts = recorded(shared, "usdm", "trades", "2023-04-04")
    assert [count["trades_not_of_the_market"] for count in counts] == [0, 1]


def test_receipts_in_microseconds_and_in_nanoseconds_and_a_clock_behind_the_venues(shared):
    frame, _ = recorded(shared, "usdm", "mark_price", "2023-04-04")
    delay = (frame["known_at"] - frame["time"]).dt.total_nanoseconds()
    assert 0 <= delay.min() <= delay.max() < 2 * 10**9
    assert frame["index"].is_between(28_000, 28_400).all()
    behind, _ = recorded(shared, "usdm", "book", "2024-08-08")
    assert (behind["known_at"] == behind["time"]).all()


def test_every_depth_message_of_the_readme_is_taken_or_counted(shared):
    """README: 6,551, of which 4 come before the snapshot; the others tell a book, or are thinned to one a second."""
    frame, (counts,) = recorded(shared, "usdm", "book", "2024-08-08")
    named = ("books_thinned", "depth_updates_without_a_book")
    assert frame.height + sum(counts[name] for name in named) == 6_551
    assert (counts["depth_updates_without_a_book"], counts["depth_sequence_gaps"]) == (4, 0)


@pytest.mark.parametrize(
    ("market", "path", "n_updates", "n_before"),
    [
        ("usdm", "usdm/btcusdt_20230404.dat.gz", 4_322, 0),
        ("usdm", "usdm/btcusdt_20240808.gz", 6_547, 4),
        ("spot", "spot/btcusdt_20240808.gz", 3_449, 2),
        ("coinm", "cm/btcusd_perp_20240808.gz", 26_824, 23),
    ],
)
def test_best_levels_of_the_book_are_the_venues_best_quotes_after_every_update(
    shared, market, path, n_updates, n_before
):
    raw = (shared / "binance_ws" / path).read_bytes()
    where = piece(path, "2023-04-04" if "2023" in path else "2024-08-08", "2024-08-09")
    frame, counts = books(raw, where, feed("book", symbol=MARKETS[market], market=market), pace_ns=0)
    TABLES["book"].check(frame, path)
    assert frame.height == n_updates == len(messages(raw, "depthUpdate")) - n_before
    assert (counts["depth_updates_without_a_book"], counts["depth_sequence_gaps"]) == (n_before, 0)
    ids, quoted = best_quotes(raw)
    updates = update_ids(raw)[-n_updates:]
    columns = ("bid_prices", "bid_sizes", "ask_prices", "ask_sizes")
    best = np.column_stack([frame[name].list.first().to_numpy() for name in columns])
    at = np.searchsorted(ids, updates, side="right") - 1
    assert at.min() >= 0
    assert (best == quoted[at]).all()


def messages(raw, name):
    lines = gzip.decompress(raw).decode().splitlines()
    return [json.loads(line.split(" ", 1)[1])["data"] for line in lines if name in line]


def best_quotes(raw):
    """Return update ids and bid, its size, ask, its size of each bookTicker, read by Python's own JSON."""
    found = sorted((tick["u"], *(float(tick[name]) for name in "bBaA")) for tick in messages(raw, "bookTicker"))
    return np.array([row[0] for row in found]), np.array([row[1:] for row in found])


def update_ids(raw):
    return np.array([update["u"] for update in messages(raw, "depthUpdate")])


def test_the_book_is_told_once_a_second_at_most(shared):
    """The seconds are those of the updates that follow the snapshot, read by Python's own JSON."""
    frame, counts = recorded(shared, "spot", "book", "2024-08-08")
    assert sum(one["books_thinned"] for one in counts) == 3_449 - frame.height
    raw = (shared / "binance_ws/spot/btcusdt_20240808.gz").read_bytes()
    (snapshot,) = re.findall(rb'"lastUpdateId":(\d+)', gzip.decompress(raw))
    seconds = {update["E"] // 1000 for update in messages(raw, "depthUpdate") if update["u"] > int(snapshot)}
    assert (frame["time"].to_physical() // 10**9).to_list() == sorted(seconds)
    assert frame["bid_prices"].list.len().unique().to_list() == [20]


NANO = nanoseconds("2024-08-08")
MS = NANO // 10**6


def line(received_ms, data, stream="btcusdt@depth"):
    return f"{NANO + received_ms * 10**6} " + json.dumps({"stream": stream, "data": data}, separators=(",", ":"))


def depth(ms, first, last, before, bids=(), asks=()):
    levels = {"b": [list(level) for level in bids], "a": [list(level) for level in asks]}
    named = {"e": "depthUpdate", "E": MS + ms, "T": MS + ms, "s": "BTCUSDT", "U": first, "u": last, "pu": before}
    return line(ms + 5, {**named, **levels})


def snapshot(ms, last, bids, asks):
    return f'{NANO + ms * 10**6} {{"lastUpdateId":{last},"bids":{json.dumps(bids)},"asks":{json.dumps(asks)}}}'


def small(kind, *lines, market="usdm", pace_ns=0, name="usdm/btcusdt_20240808.gz"):
    one, where = feed(kind, market=market), piece(name, "2024-08-08", "2024-08-09")
    raw = ("\n".join(lines) + "\n").encode()
    return books(raw, where, one, pace_ns) if kind == "book" else VENUE.decode(raw, where, one)


LEVELS = [["10", "1"], ["9", "2"]], [["11", "3"], ["12", "4"]]
FIRST = depth(0, 1, 5, 0, [["10", "9"]])
RUN = [
    depth(1000, 6, 8, 5, [["10", "0"]], [["11", "5"]]),
    depth(2000, 9, 9, 8, [["9.5", "7"]]),
    depth(4000, 12, 13, 11, [["8", "1"]]),
    depth(5000, 14, 14, 13, [["8", "2"]]),
]


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


CRYPTOFEED = {"SUSHIUSDT": 40, "AKROUSDT": 8, "KEEPUSDT": 5, "CTKUSDT": 38}
"""Aggregated trades by stream, counted with grep."""
SPOT = {"NKNUSDT": 1, "BLZETH": 0, "LRCBTC": 1, "RUNEEUR": 0}


def cryptofeed(shared, name):
    """Return a capture's two files as one, and what its lines say, read by Python's own JSON: (address, message)."""
    raw = b"".join((shared / "cryptofeed" / f"{name}.{part}.gz").read_bytes() for part in ("http.0.0", "ws.1.0"))
    parts = [line.partition(": ") for line in gzip.decompress(raw).decode().splitlines()]
    return raw, [(before, json.loads(said)) for before, _, said in parts if said]


def changes(said, symbol, *, spot):
    """Return how many updates follow on the snapshot that was asked for, by the venue's rule."""
    (snapshot,) = (message["lastUpdateId"] for address, message in said if f"depth?symbol={symbol}&" in address)
    streamed = [message["data"] for address, message in said if " " not in address]
    mine = [one for one in streamed if one.get("e") == "depthUpdate" and one["s"] == symbol]
    return sum(one["u"] >= snapshot + spot for one in mine), len(mine)


@pytest.mark.parametrize(
    ("name", "market", "symbol", "n_trades"),
    [
        *(("BINANCE_FUTURES", "usdm", symbol, n) for symbol, n in CRYPTOFEED.items()),
        *(("BINANCE", "spot", symbol, n) for symbol, n in SPOT.items()),
    ],
)
def test_cryptofeeds_captures_of_eight_symbols_with_answers_and_addresses(shared, name, market, symbol, n_trades):
    raw, said = cryptofeed(shared, name)
    day = "2021-07-22" if market == "usdm" else "2021-10-12"
    where = piece(f"{market}/{symbol}.gz", day, "2021-10-13" if market == "spot" else "2021-07-23")
    trades, counts = VENUE.decode(raw, where, feed("trades", symbol=symbol, market=market))
    n_all = sum((CRYPTOFEED if market == "usdm" else SPOT).values())
    assert (trades.height, counts["messages_of_other_symbols"]) == (n_trades, n_all - n_trades)
    quotes, _ = VENUE.decode(raw, where, feed("quotes", symbol=symbol, market=market))
    assert quotes.height == sum(one.get("stream") == f"{symbol.lower()}@bookTicker" for _, one in said)
    book, counts = books(raw, where, feed("book", symbol=symbol, market=market), pace_ns=0)
    n_changes, n_updates = changes(said, symbol, spot=market == "spot")
    assert book.height == n_changes > 0
    assert counts["depth_updates_without_a_book"] == n_updates - n_changes
    assert counts["depth_sequence_gaps"] == 0
    TABLES["book"].check(book, symbol)


def test_books_and_trades_kept_as_parquet(shared):
    folder = shared / "binance_lob"
    for market, n_trades in (("fut", 11_947), ("spot", 10_215)):
        name = "usdm" if market == "fut" else "spot"
        where = piece(f"{name}/btcusdt_20260216_04.parquet", "2026-02-16", "2026-02-17")
        book_file = (folder / f"lobdeep_btc_{market}_2026-02-16_04.parquet").read_bytes()
        trade_file = (folder / f"trades_btc_{market}_2026-02-16_04.parquet").read_bytes()
        trades, counts = VENUE.decode(trade_file, where, feed("trades", market=name))
        assert (trades.height, counts) == (n_trades, {"messages_of_other_symbols": 0})
        book, counts = VENUE.decode(book_file, where, feed("book", market=name))
        TABLES["book"].check(book, market)
        theirs = pl.read_parquet(Path(folder / f"lobdeep_btc_{market}_2026-02-16_04.parquet"))
        assert theirs.height == 2_559
        assert counts == {"messages_of_other_symbols": 0, "books_thinned": 2_559 - book.height}
        assert book.height == (theirs["exch_ts_ms"] // 1000).n_unique()
        last = theirs.group_by(pl.col("exch_ts_ms") // 1000, maintain_order=True).last()
        assert book["bid_prices"].list.first().to_list() == last["best_bid"].to_list()
        assert book["ask_prices"].list.first().to_list() == last["best_ask"].to_list()
        assert VENUE.decode(trade_file, where, feed("book", market=name))[1] == {"files_of_other_kinds": 1}
        assert (book["known_at"] >= book["time"]).all()
