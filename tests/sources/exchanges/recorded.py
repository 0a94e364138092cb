"""Captures of exchanges: real ones of the shared data, read by plain Python too, and small ones by hand."""

import gzip
import json
import zlib
from bisect import bisect_left

from assay.sources.exchanges import VENUE
from assay.sources.venue import Piece
from tests.sources.feeds import feed, ns

FILES = {
    ("kraken", "trades"): "KRAKEN.ws.48.0.gz",
    ("kraken", "quotes"): "KRAKEN.ws.49.0.gz",
    ("kraken", "book"): "KRAKEN.ws.50.0.gz",
    ("bitmex", "trades"): "BITMEX.ws.1.0.gz",
    ("bitmex", "quotes"): "BITMEX.ws.1.0.gz",
    ("bitmex", "book"): "BITMEX.ws.1.0.gz",
}
DAYS = {"kraken": "2021-04-17", "bitmex": "2021-07-22"}
PAIRS = [
    "WAVES/EUR",
    "XMR/USD",
    "KSM/XBT",
    "GRT/ETH",
    "SC/EUR",
    "ETH/CHF",
    "OCEAN/XBT",
    "OMG/USD",
    "XBT/CHF",
    "ADA/XBT",
]
SIDES = ("Buy", "Sell")
CONTRACTS = ["XRPU21", "UNIUSDT", "XBTUSD", "ADAUSDT", "SOLUSDT", "TRXU21", "EOSUSDT", "TRXUSDT", "BCHUSD", "MATICUSDT"]


def raw_of(shared, exchange, kind):
    return (shared / "cryptofeed" / FILES[exchange, kind]).read_bytes()


def decoded(raw, exchange, kind, symbol, **params):
    """Decode a capture of the day of the exchange's real ones."""
    return VENUE.decode(raw, piece(exchange), feed("ccxt", kind, symbol, exchange=exchange, **params))


def piece(exchange):
    start_ns = ns(DAYS[exchange])
    return Piece(f"{exchange}/x.gz", start_ns, start_ns + 86_400 * 10**9, by_hand=True)


def exactly(text):
    """Return seconds as text as nanoseconds."""
    whole, _, fraction = text.partition(".")
    return int(whole) * 10**9 + int(fraction.ljust(9, "0"))


def messages(raw):
    """Return receipts, text as it stands, and messages, of a capture of cryptofeed, without addresses."""
    for line in gzip.decompress(raw).decode().splitlines():
        received, _, said = line.partition(": ")
        if said and " " not in received:
            yield received, json.loads(said)


def cut(side, *, best, n):
    """Return the best n levels of a dict of price -> anything."""
    return dict(sorted(side.items(), reverse=best == "highest")[:n])


def crc(bids, asks):
    """Return Kraken's checksum of books as dicts of price -> (price, size), both text."""
    levels = [*cut(asks, best="lowest", n=10).values(), *cut(bids, best="highest", n=10).values()]
    return zlib.crc32("".join(text.replace(".", "").lstrip("0") for level in levels for text in level).encode())


def kraken_books(raw, pair):
    """Replay a pair's book in plain Python; return the best 20 levels and Kraken's checksum after each change."""
    found, book = [], {}
    for _, message in messages(raw):
        if not (isinstance(message, list) and message[-1] == pair):
            continue
        depth = int(message[-2].partition("-")[2])
        for part in message[1:-2]:
            book = {"a": {}, "b": {}} if "as" in part or "bs" in part else book
            for side, levels in ((name[0], part[name]) for name in part if name != "c"):
                for price, size, *_ in levels:
                    book[side][float(price)] = (price, size)
                kept = {price: level for price, level in book[side].items() if float(level[1])}
                book[side] = cut(kept, best="highest" if side == "b" else "lowest", n=depth)
        if "c" in message[-3]:
            assert crc(book["b"], book["a"]) == int(message[-3]["c"])
            sides = [cut(book["b"], best="highest", n=20), cut(book["a"], best="lowest", n=20)]
            found.append([[(price, float(size)) for price, (_, size) in side.items()] for side in sides])
    return found


def bitmex_books(raw, contract):
    """Replay a contract's book in plain Python; return the best 20 levels after each change."""
    found, prices, rising = [], {}, {name: [] for name in SIDES}
    for _, message in messages(raw):
        rows = [row for row in message.get("data", ()) if row["symbol"] == contract]
        if message.get("table") != "orderBookL2" or not rows:
            continue
        for row in rows:
            side, price = rising[row["side"]], prices.setdefault(row["id"], row.get("price"))
            at = bisect_left(side, (price,))
            if message["action"] in ("update", "delete"):
                assert side.pop(at)[0] == price
            if message["action"] != "delete":
                side.insert(at, (price, float(row["size"])))
        if message["action"] != "partial":
            found.append([rising["Buy"][-1:-21:-1], rising["Sell"][:20]])
    return found


RECEIVED = 1618678134
"""When messages of Kraken that are made by hand were received, s, and half a second."""


def said(*parts, channel="book-10", pair="XMR/USD", second=0):
    """Return a line of Kraken's websocket."""
    return f"{RECEIVED + second}.5: {json.dumps([7, *parts, channel, pair], separators=(',', ':'))}".encode()


def levels(frame):
    """Return a book's rows as [[(price, size), ...] of bids, the same of asks]."""
    names = ("bid_prices", "bid_sizes", "ask_prices", "ask_sizes")
    return [
        [list(zip(bids, bid_sizes, strict=True)), list(zip(asks, ask_sizes, strict=True))]
        for bids, bid_sizes, asks, ask_sizes in frame.select(names).rows()
    ]
