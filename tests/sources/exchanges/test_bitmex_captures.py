"""Captures of BitMEX: real ones against a replay in plain Python and the exchange's own best quotes; others by hand."""

import gzip
import json

import pytest

from assay.errors import DataError
from assay.sources.exchanges import bitmex_book
from assay.tables.kinds import TABLES
from tests.sources.exchanges.recorded import CONTRACTS, bitmex_books, decoded, levels, messages, piece, raw_of
from tests.sources.feeds import feed, ns


def rows_of(raw, table, action, contract):
    said = (message for _, message in messages(raw) if (message.get("table"), message.get("action")) == (table, action))
    return [row for message in said for row in message["data"] if row["symbol"] == contract]


def at(row):
    return ns(row["timestamp"][:19]) + int(row["timestamp"][20:23]) * 10**6


N_TRADES = dict.fromkeys(CONTRACTS, 0) | {"XBTUSD": 15, "UNIUSDT": 1, "MATICUSDT": 1}
"""Trades of each contract while recording, counted with grep: 17."""


@pytest.mark.parametrize("contract", CONTRACTS)
def test_trades_are_those_of_the_capture(shared, contract):
    raw = raw_of(shared, "bitmex", "trades")
    theirs = rows_of(raw, "trade", "insert", contract)
    frame, counts = decoded(raw, "bitmex", "trades", contract)
    TABLES["trades"].check(frame, contract)
    assert frame.height == len(theirs) == N_TRADES[contract]
    assert frame["time"].to_physical().to_list() == [at(row) for row in theirs]
    told = [(row["price"], row["size"], {"Buy": 1, "Sell": -1}[row["side"]]) for row in theirs]
    assert frame.select("price", "size", "side").rows() == told
    n_others = sum(
        message["data"][0]["symbol"] != contract for _, message in messages(raw) if message.get("table") == "trade"
    )
    assert counts == {
        "messages_of_other_symbols": n_others,
        "rows_from_before_the_recording": len(rows_of(raw, "trade", "partial", contract)),
        "trades_not_of_the_market": 0,
    }


@pytest.mark.parametrize("contract", CONTRACTS)
def test_quotes_are_those_of_the_capture(shared, contract):
    raw = raw_of(shared, "bitmex", "quotes")
    theirs = rows_of(raw, "quote", "insert", contract)
    frame, counts = decoded(raw, "bitmex", "quotes", contract)
    TABLES["quotes"].check(frame, contract)
    assert frame["time"].to_physical().to_list() == [at(row) for row in theirs]
    told = [(row["bidPrice"], row["askPrice"], row["bidSize"], row["askSize"]) for row in theirs]
    assert frame.select("bid", "ask", "bid_size", "ask_size").rows() == told
    assert counts["rows_from_before_the_recording"] == 1


N_CHANGES = [5, 79, 1_299, 119, 141, 2, 85, 35, 72, 132]
"""Changes of each contract's book, counted with grep: 1,869 in all."""


@pytest.mark.parametrize(("contract", "n_changes"), [*zip(CONTRACTS, N_CHANGES, strict=True)])
def test_books_are_a_replay_in_plain_python_and_agree_with_the_exchanges_best_quotes(shared, contract, n_changes):
    """Each quote, in their order, is the best bid and ask of some state of the book."""
    raw = raw_of(shared, "bitmex", "book")
    frame, counts = bitmex_book.books(raw, piece("bitmex"), feed("ccxt", "book", contract), pace_ns=0)
    TABLES["book"].check(frame, contract)
    assert frame.height == n_changes
    assert levels(frame) == bitmex_books(raw, contract)
    n_others = sum(N_CHANGES) + len(CONTRACTS) - n_changes - 1
    zeros = {"depth_updates_without_a_book": 0, "depth_sequence_gaps": 0, "books_thinned": 0}
    assert counts == {"messages_of_other_symbols": n_others, **zeros}
    states = iter([(bids[0][0], asks[0][0], bids[0][1], asks[0][1]) for bids, asks in levels(frame)])
    quotes, _ = decoded(raw, "bitmex", "quotes", contract)
    state = None
    for quote in quotes.select("bid", "ask", "bid_size", "ask_size").rows():
        while state != quote:
            state = next(states)


def test_a_change_that_is_lost_shows_and_the_book_is_unknown_until_the_next_snapshot(shared):
    """An insertion is lost: the first change of its level is of one that is not there."""
    raw = raw_of(shared, "bitmex", "book")
    lines = gzip.decompress(raw).splitlines()
    book = [n for n, line in enumerate(lines) if b'"table":"orderBookL2"' in line and b'"symbol":"XBTUSD"' in line]
    lost = next(n for n in book if b'"action":"insert"' in lines[n])
    ids = {row["id"] for row in json.loads(lines[lost].partition(b": ")[2])["data"]}
    shows = next(n for n in book if n > lost and any(b'"id":%d,' % one in lines[n] for one in ids))
    whole = bitmex_books(raw, "XBTUSD")
    damaged = gzip.compress(b"\n".join(lines[:lost] + lines[lost + 1 :]))
    frame, counts = decoded_book(damaged)
    assert frame.height == book.index(shows) - 2
    assert counts["depth_sequence_gaps"] == 1
    assert counts["depth_updates_without_a_book"] == len(book) - book.index(shows)
    assert levels(frame)[: book.index(lost) - 1] == whole[: book.index(lost) - 1]
    twice = gzip.compress(b"\n".join(lines[:lost] + lines[lost + 1 :] + lines))
    frame, _ = decoded_book(twice)
    assert levels(frame)[book.index(shows) - 2 :] == whole


def decoded_book(raw, contract="XBTUSD"):
    return bitmex_book.books(raw, piece("bitmex"), feed("ccxt", "book", contract), pace_ns=0)


RECEIVED = 1626993370
NOW = "2021-07-22T22:36:10.123Z"


def said(action, *rows, table="orderBookL2", second=0, **more):
    message = {"table": table, "action": action, **more, "data": [{"symbol": "XBTUSD", **row} for row in rows]}
    return f"{RECEIVED + second}.5: {json.dumps(message, separators=(',', ':'))}".encode()


def level(number, side, size=None, price=None, **more):
    told = {"size": size, "price": price, **more}
    return {"id": number, "side": side, **{name: value for name, value in told.items() if value is not None}}


BOOK = said("partial", level(1, "Sell", 5, 101.0), level(2, "Buy", 6, 100.0))


@pytest.mark.parametrize("table", ["orderBookL2", "orderBookL2_25"])
def test_a_book_by_hand_with_times_of_the_exchange(table):
    lines = [
        said("update", level(2, "Buy", 9)),
        BOOK,
        said("insert", level(3, "Buy", 7, 100.5, timestamp=NOW)),
        said("delete", level(1, "Sell"), second=1),
        said("update", level(3, "Buy", 8, 100.5, timestamp="2021-07-22T22:36:13.000Z"), second=2),
    ]
    frame, counts = decoded_book(b"\n".join(lines).replace(b"orderBookL2", table.encode()))
    assert levels(frame) == [
        [[(100.5, 7.0), (100.0, 6.0)], [(101.0, 5.0)]],
        [[(100.5, 7.0), (100.0, 6.0)], []],
        [[(100.5, 8.0), (100.0, 6.0)], []],
    ]
    start = RECEIVED * 10**9
    assert [time - start for time in frame["time"].to_physical()] == [123_000_000, 1_500_000_000, 3_000_000_000]
    assert [time - start for time in frame["known_at"].to_physical()] == [500_000_000, 1_500_000_000, 3_000_000_000]
    assert counts["depth_updates_without_a_book"] == 1


@pytest.mark.parametrize(
    "broken",
    [
        said("insert", level(1, "Sell", 5, 101.0)),
        said("update", level(9, "Sell", 5)),
        said("update", level(2, "Sell", 5)),
        said("delete", level(9, "Sell")),
    ],
)
def test_what_cannot_follow_ends_the_book(broken):
    fine = said("update", level(2, "Buy", 1))
    frame, counts = decoded_book(b"\n".join([BOOK, fine, broken, fine, BOOK, fine]))
    assert frame.height == 2
    assert (counts["depth_sequence_gaps"], counts["depth_updates_without_a_book"]) == (1, 2)


def test_a_snapshot_without_levels_is_an_empty_book():
    nothing = said("partial", filter={"symbol": "XBTUSD"})
    frame, counts = decoded_book(b"\n".join([BOOK, nothing, said("insert", level(3, "Buy", 7, 100.5))]))
    assert levels(frame) == [[[(100.5, 7.0)], []]]
    assert counts["depth_sequence_gaps"] == 0


def test_trades_of_other_types_are_no_trades_of_the_market():
    trade = {"timestamp": NOW, "side": "Buy", "size": 1, "price": 2.5}
    rows = [trade, trade | {"trdType": "Regular"}, trade | {"trdType": "Referential"}]
    frame, counts = decoded(said("insert", *rows, table="trade"), "bitmex", "trades", "XBTUSD")
    assert (frame.height, counts["trades_not_of_the_market"]) == (2, 1)


@pytest.mark.parametrize(
    ("kind", "line", "rule"),
    [
        ("book", said("replace", level(1, "Buy", 1, 1.0)), "row 1: action is one of four"),
        ("book", said("partial", level(1, "Bid", 1, 1.0)), "row 1: side is Buy or Sell"),
        ("book", said("partial", level(1, "Buy", None, 1.0)), "row 1: size must have a value"),
        ("book", said("partial", level(1, "Buy", 1, -1.0)), "row 1: price is a finite number"),
        ("book", said("insert", level(1, "Buy", 1, 1.0, timestamp="today")), "row 1: timestamp is a time"),
        (
            "trades",
            said("insert", {"side": "Buy", "size": 1, "price": 1.0}, table="trade"),
            "row 1: time must have a value",
        ),
        (
            "trades",
            said("insert", {"timestamp": NOW, "size": 1, "price": 1.0}, table="trade"),
            "row 1: side must have a",
        ),
        (
            "trades",
            said("insert", {"timestamp": "2025-01-01T00:00:00.000Z"}, table="trade"),
            "row 1: time must be from",
        ),
    ],
)
def test_what_is_not_bitmexs_is_named(kind, line, rule):
    with pytest.raises(DataError, match=rule) as caught:
        decoded(line, "bitmex", kind, "XBTUSD")
    assert str(caught.value).startswith("bitmex/x.gz")
