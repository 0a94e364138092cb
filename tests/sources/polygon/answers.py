"""Polygon's answers, in the form of its documentation."""

import json

from assay.sources.polygon import VENUE
from assay.tables.kinds import TABLES
from tests.sources.feeds import feed, ns

MS = 1_000_000
OPEN = ns("2024-01-02T14:30")
"""09:30 in New York."""
AT = ns("2024-01-02")


def served(**answer):
    return json.dumps({"status": "OK", "request_id": "6a7e466379af0a71039d60cc78e72282", **answer}).encode()


def bar(time_ns, **changes):
    """A bar of the documentation's example (AAPL, 2023-01-09), at another time."""
    row = {"c": 130.15, "h": 133.41, "l": 129.89, "n": 645365, "o": 130.465, "v": 70790813.0, "vw": 131.6292}
    return row | {"t": time_ns // MS} | changes


def aggregates(*bars, **changes):
    told = {"ticker": "AAPL", "queryCount": len(bars), "resultsCount": len(bars), "adjusted": False}
    return served(**told | {"results": list(bars), "count": len(bars)} | changes)


def trade(time_ns, **changes):
    """The documentation's example of a trade."""
    row = {"conditions": [12, 41], "exchange": 11, "id": "1", "participant_timestamp": time_ns - 353, "price": 171.55}
    return row | {"sequence_number": 1063, "sip_timestamp": time_ns, "size": 1, "tape": 3} | changes


def split(date, after, before, **changes):
    row = {"execution_date": date, "id": "E36416cc", "split_from": before, "split_to": after, "ticker": "AAPL"}
    return row | changes


def question(kind="ohlcv", symbol="AAPL", start="2024-01-02", end="2024-01-03", **params):
    wanted = feed("polygon", kind, symbol, start, end, **params)
    return VENUE.pieces(wanted)[0], wanted


def decoded(raw, kind="ohlcv", **params):
    piece, wanted = question(kind, **params)
    frame, rules = VENUE.decode(raw, piece, wanted)
    return TABLES[kind].check(frame, piece.path), rules


QUOTE = {"bid_price": 155.85, "bid_size": 1, "ask_price": 156, "ask_size": 2, "sip_timestamp": OPEN}
REAL = {
    "ohlcv": aggregates(*(bar(AT + i * 3_600_000 * MS) for i in range(5))),
    "trades": served(results=[trade(OPEN + i, correction=i) for i in range(5)]),
    "quotes": served(results=[QUOTE] * 5),
    "actions": served(results=[split("2024-08-30", 4, 1), split("2024-08-31", 3, 2)]),
}
