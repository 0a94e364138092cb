"""What is asked of an exchange, and how its answers are kept: canonical JSON, the same bytes for the same history."""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import isfinite
from operator import itemgetter
from typing import Any

from assay.errors import ParamsError, TransportError
from assay.sources.decode.times import MILLISECOND_NS
from assay.sources.exchanges import line, pages
from assay.sources.exchanges.pages import Row
from assay.sources.ranges import period_ns
from assay.sources.venue import Feed, Piece, Turn

FUNCTIONS = {"ohlcv": "fetchOHLCV", "trades": "fetchTrades", "funding": "fetchFundingRateHistory"}
TRADE = ("timestamp", "side", "price", "amount")
MISC = 5
SLACK_MS = 10_000
"""How far the exchange's clock may lag behind ours: a candle that ended less long ago is still left out."""
TRADES_LOOK_MS = 3_600_000
FUNDING_LOOK_MS = 7 * 86_400_000
PAGE = 300
"""Candles that an exchange serves at least, where ccxt does not tell."""


def ask(piece: Piece, feed: Feed, turn: Turn) -> bytes:
    """Return the answer for a window.

    Raises
    ------
    TransportError
        If there is none.
    ParamsError
        If the exchange does not serve the kind.
    """
    with line.talking(feed, piece.path, turn) as client:
        _refuse_unserved(client, feed)
        symbol = line.market(client, feed.venue_symbol, piece.path)
        rows, n_open = _ROWS[feed.kind](client, symbol, piece, feed)
    answer = told(piece, feed) | {"rows": rows, "n_open_left_out": n_open}
    return json.dumps(answer, separators=(",", ":"), sort_keys=True, allow_nan=False).encode()


def told(piece: Piece, feed: Feed) -> dict[str, Any]:
    """Return what an answer says of itself."""
    of: dict[str, Any] = {"exchange": feed.params.exchange, "kind": feed.kind, "symbol": feed.venue_symbol}
    of |= {"start_ms": piece.start_ns // MILLISECOND_NS, "end_ms": piece.end_ns // MILLISECOND_NS}
    return of | ({"interval": feed.params.interval} if feed.kind == "ohlcv" else {})


def _candles(client: Any, symbol: str, piece: Piece, feed: Feed) -> tuple[list[Row], int]:
    """Return candles whose period has ended, and how many have not."""
    start, end, now = _span(client, piece)
    step, limit = period_ns(feed.params.interval) // MILLISECOND_NS, _limit(client)

    def page(since: int) -> list[Row]:
        found = line.answer(client, piece.path, "fetch_ohlcv", symbol, feed.params.interval, since, limit)
        rows = _sound(found, client, piece)
        if since == start:
            pages.reaches_back(rows, start, now, step - 1, piece.path)
        return rows

    rows = pages.by_time(page, start, min(end, now), (limit or PAGE) * step)
    ended = [row for row in rows if row[0] + step + SLACK_MS <= now]
    return ended, len(rows) - len(ended)


def _trades(client: Any, symbol: str, piece: Piece, _feed: Feed) -> tuple[list[Row], int]:
    """Return trades as (time, side, price, amount), and what the exchange notes against one, if it does."""
    start, end, now = _span(client, piece)

    def page(since: int) -> list[Row]:
        found = line.answer(client, piece.path, "fetch_trades", symbol, since, None, _cursor(client.id, since))
        rows = _sound(_taken(found, client.id), client, piece)
        if since == start and rows:
            pages.reaches_back(rows, start, now, rows[-1][0] - rows[0][0], piece.path)
        return rows

    return pages.one_by_one(page, start, min(end, now), TRADES_LOOK_MS, piece.path), 0


def _funding(client: Any, symbol: str, piece: Piece, _feed: Feed) -> tuple[list[Row], int]:
    """Return funding as (time, rate)."""
    start, end, now = _span(client, piece)

    def page(since: int) -> list[Row]:
        found = line.answer(client, piece.path, "fetch_funding_rate_history", symbol, since)
        return _sound([[row["timestamp"], row["fundingRate"]] for row in found], client, piece)

    return pages.by_time(page, start, min(end, now), FUNDING_LOOK_MS), 0


_ROWS = {"ohlcv": _candles, "trades": _trades, "funding": _funding}


def _taken(trades: Sequence[dict[str, Any]], exchange: str) -> list[Row]:
    """Return trades as rows, those of one instant in the order of their numbers; the client orders numbers as text."""
    if all(str(trade["id"]).isdecimal() for trade in trades):
        trades = sorted(trades, key=lambda trade: (trade["timestamp"] or 0, int(trade["id"])))
    return [[*(trade[name] for name in TRADE), *_noted(trade["info"], exchange)] for trade in trades]


def _noted(served: Any, exchange: str) -> list[str]:
    """Return what an exchange notes against a trade: Kraken's sixth entry (`misc`); nothing where it is empty."""
    entries = served[MISC : MISC + 1] if exchange == "kraken" and isinstance(served, list) else []
    return [str(note) for note in entries if note]


def _sound(rows: Sequence[Row], client: Any, piece: Piece) -> list[Row]:
    """Return rows in order of time, each with a time and finite numbers.

    Raises
    ------
    TransportError
        Not final: the answer may have been damaged on its way.
    """
    for row in rows:
        if type(row[0]) is not int or any(isinstance(cell, float) and not isfinite(cell) for cell in row):
            rule = f"{client.id}'s rows must have times and finite numbers"
            raise TransportError(piece.path, rule, repr(row)[:120], "try again later")
    return sorted(rows, key=itemgetter(0))


def _span(client: Any, piece: Piece) -> tuple[int, int, int]:
    """Return the window and the time now, ms."""
    return piece.start_ns // MILLISECOND_NS, piece.end_ns // MILLISECOND_NS, int(client.milliseconds())


def _cursor(exchange: str, since: int) -> dict[str, str]:
    """Return parameters that the client leaves out: Kraken's cursor has nanoseconds, and is itself not served again."""
    return {"since": str(since * MILLISECOND_NS - 1)} if exchange == "kraken" else {}


def _limit(client: Any) -> int | None:
    """Return how many candles the exchange serves at once, where ccxt knows."""
    features = client.features or {}
    limit = ((features.get("spot") or features).get("fetchOHLCV") or {}).get("limit")
    return limit if isinstance(limit, int) and limit > 0 else None


def _refuse_unserved(client: Any, feed: Feed) -> None:
    intervals = client.timeframes or {}
    if not client.has.get(FUNCTIONS[feed.kind]):
        remedy = "take another kind or exchange, such as krakenfutures or binanceusdm for funding"
        raise ParamsError("data.kind", f"must be one that {client.id} serves", feed.kind, remedy)
    if feed.kind == "ohlcv" and intervals and feed.params.interval not in intervals:
        known = ", ".join(sorted(intervals))
        raise ParamsError(
            "data.interval", f"must be one that {client.id} serves", feed.params.interval, f"take {known}"
        )
