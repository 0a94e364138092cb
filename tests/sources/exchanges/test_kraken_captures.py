"""Captures of Kraken: trades and quotes, real ones against plain Python, and others by hand."""

import pytest

from assay.errors import DataError
from assay.tables.flags import Flag
from assay.tables.kinds import TABLES
from tests.sources.exchanges.recorded import PAIRS, decoded, exactly, messages, raw_of, said


@pytest.mark.parametrize("pair", PAIRS)
def test_trades_are_those_of_the_capture(shared, pair):
    raw = raw_of(shared, "kraken", "trades")
    said = [m for _, m in messages(raw) if isinstance(m, list)]
    theirs = [trade for message in said if message[-1] == pair for trade in message[1]]
    frame, counts = decoded(raw, "kraken", "trades", pair)
    TABLES["trades"].check(frame, pair)
    assert frame["time"].to_physical().to_list() == [exactly(trade[2]) for trade in theirs]
    assert frame["price"].to_list() == [float(trade[0]) for trade in theirs]
    assert frame["size"].to_list() == [float(trade[1]) for trade in theirs]
    assert frame["side"].to_list() == [{"b": 1, "s": -1}[trade[3]] for trade in theirs]
    assert frame["flags"].sum() == 0
    assert counts == {"messages_of_other_symbols": sum(message[-1] != pair for message in said)}


def test_all_trades_are_ten_in_eight_messages(shared):
    raw = raw_of(shared, "kraken", "trades")
    assert sum(decoded(raw, "kraken", "trades", pair)[0].height for pair in PAIRS) == 10


@pytest.mark.parametrize("pair", PAIRS)
def test_tickers_are_quotes_as_of_their_receipt(shared, pair):
    raw = raw_of(shared, "kraken", "quotes")
    theirs = [(t, m[1]) for t, m in messages(raw) if isinstance(m, list) and m[-1] == pair]
    frame, _ = decoded(raw, "kraken", "quotes", pair)
    TABLES["quotes"].check(frame, pair)
    assert frame["time"].to_physical().to_list() == [exactly(received) for received, _ in theirs]
    quoted = [[float(said[side][at]) for side, at in (("b", 0), ("a", 0), ("b", 2), ("a", 2))] for _, said in theirs]
    assert [list(row) for row in frame.select("bid", "ask", "bid_size", "ask_size").rows()] == quoted


@pytest.mark.parametrize("pair", ["KSM/BTC", "KSM/XBT", "KSMBTC", "ksm/xbt"])
def test_a_pair_may_be_written_as_ccxt_or_as_kraken_does(shared, pair):
    assert decoded(raw_of(shared, "kraken", "quotes"), "kraken", "quotes", pair)[0].height > 0


def test_trades_that_the_exchange_marks_are_flagged():
    trade = ["354.1", "0.5", "1618678142.557535", "s", "m", ""]
    raw = b"\n".join(said([[*trade[:5], misc]], channel="trade") for misc in ("", "x"))
    frame, _ = decoded(raw, "kraken", "trades", "XMR/USD")
    assert frame["flags"].to_list() == [0, Flag.VENUE]
    assert frame["time"].to_physical().to_list() == [1618678142_557535000] * 2


def test_spreads_are_taken_before_tickers():
    """The example of Kraken's guide to WebSocket v1, channel spread, on another day."""
    spread = said(["5698.40000", "5700.00000", "1618678134.545897", "1.01234567", "0.98765432"], channel="spread")
    ticker = said({"a": ["5525.4", 1, "1.0"], "b": ["5525.1", 1, "1.0"]}, channel="ticker")
    frame, _ = decoded(spread + b"\n" + ticker, "kraken", "quotes", "XMR/USD")
    assert frame.select("bid", "ask", "bid_size", "ask_size").rows() == [(5698.4, 5700.0, 1.01234567, 0.98765432)]
    assert frame["time"].to_physical().to_list() == [1618678134_545897000]


def trade(*after):
    return said([["1.0", "1.0", *after]], channel="trade")


V2 = b'1618678134.5: {"channel":"trade","type":"update","data":[{"symbol":"MATIC/USD","side":"sell","price":0.5117}]}'


@pytest.mark.parametrize(
    ("kind", "line", "rule"),
    [
        ("trades", V2, "messages are of Kraken's websocket, version 1"),
        ("book", V2, "messages are of Kraken's websocket, version 1"),
        ("trades", b"1618678134.5: [1,2,3]", "messages are of Kraken's websocket, version 1"),
        ("trades", trade("1618678134.5", "x", "m", ""), "side must have a value"),
        ("trades", trade("1618678134.5", "b", "m"), "trades are price, size, time"),
        ("trades", trade("16.5", "b", "m", ""), "time must have a value"),
        ("trades", trade("1718678134.5", "b", "m", ""), "time must be from"),
        ("trades", said("what", channel="trade"), "trades are price, size, time"),
        ("quotes", said(["1.0", "2.0"], channel="spread"), "spreads are bid, ask, time"),
        ("quotes", said({"a": [], "b": []}, channel="ticker"), "bid must have a value"),
    ],
)
def test_what_is_not_krakens_is_named(kind, line, rule):
    with pytest.raises(DataError, match=rf"^kraken/x\.gz row 1: {rule}"):
        decoded(line, "kraken", kind, "XMR/USD")
