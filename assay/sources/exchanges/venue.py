"""Exchanges as a venue: candles, trades and funding through ccxt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from assay.errors import DataError
from assay.sources.decode import served
from assay.sources.decode.arranged import arranged
from assay.sources.decode.refusals import refuse
from assay.sources.decode.times import MILLISECOND_NS, lag_ns
from assay.sources.exchanges import captures, questions, windows
from assay.sources.ranges import period_ns
from assay.sources.venue import Decoded, Feed, Piece, Turn
from assay.tables.flags import Flag
from assay.tables.kinds import Kind
from assay.types import Ints

SIDES = {"buy": 1, "sell": -1, None: 0}
WIDTHS = {"ohlcv": (6, 6), "trades": (4, 5), "funding": (2, 2)}
"""Entries of a row, at least and at most: time, then open, high, low, close, volume; or side, price, size and, where
the exchange notes something against the trade, that; or rate."""


class Exchanges:
    """Every exchange that ccxt knows. Keys, where one wants any, come from <EXCHANGE>_API_KEY and <EXCHANGE>_SECRET.

    Notes
    -----
    A candle is kept only if its period had ended when it was asked for. Many exchanges keep a short history of candles
    (Kraken: the last 720): what lies before is refused, not taken for empty; trades go back further.
    """

    kinds: tuple[Kind, ...] = ("ohlcv", "trades", "funding", *captures.KINDS)

    def pieces(self, feed: Feed) -> Sequence[Piece]:
        """Return captures, or the questions for a range.

        See :mod:`assay.sources.exchanges.captures` and :func:`assay.sources.exchanges.windows.pieces`.
        """
        wanted = windows.named(feed)
        captured = captures.pieces(wanted)
        return windows.pieces(wanted) if captured is None else captured

    def ask(self, piece: Piece, feed: Feed, turn: Turn) -> bytes:
        """Return the answer for a window; see :func:`assay.sources.exchanges.questions.ask`."""
        return questions.ask(piece, feed, turn)

    def decode(self, raw: bytes, piece: Piece, feed: Feed) -> Decoded:
        """Return the rows of a capture, or of an answer.

        Raises
        ------
        DataError
            If it is not what was recorded, the answer to another question, or not as this package writes it.
        """
        if piece.by_hand:
            return captures.decode(raw, piece, feed)
        answer = served.loaded(raw, piece.path)
        for name, wanted in questions.told(piece, feed).items():
            if answer.get(name) != wanted:
                found, remedy = repr(answer.get(name))[:80], "remove it, and fetch it again"
                raise DataError(piece.path, f"{name} must be {wanted}", found, remedy)
        rows = _columns(answer.get("rows"), *WIDTHS[feed.kind], piece.path)
        time_ms = served.wholes(rows[0], "time", piece.path)
        served.inside(time_ms, piece.start_ns // MILLISECOND_NS, piece.end_ns // MILLISECOND_NS, piece.path)
        n_open = served.wholes([answer.get("n_open_left_out")], "n_open_left_out", piece.path)
        columns = _TABLES[feed.kind](time_ms * MILLISECOND_NS, rows, feed, piece.path)
        return arranged(pl.DataFrame(columns), feed.kind), {"open_bars_left_out": int(n_open[0])}


VENUE = Exchanges()


def _columns(rows: object, least: int, most: int, where: str) -> list[list[Any]]:
    """Return a list of rows as a list of columns; what a row lacks of the last of them is null."""
    if not isinstance(rows, list) or not all(type(row) is list and least <= len(row) <= most for row in rows):
        raise DataError(where, f"rows are lists of {least} entries", repr(rows)[:120], "remove it, and fetch it again")
    return [[row[i] if i < len(row) else None for row in rows] for i in range(most)]


def _ohlcv(opened_ns: Ints, rows: list[list[Any]], feed: Feed, where: str) -> dict[str, Any]:
    closed_ns = opened_ns + period_ns(feed.params.interval)
    names = ("open", "high", "low", "close", "volume")
    return {
        "opened_at": opened_ns,
        "closed_at": closed_ns,
        "known_at": closed_ns + lag_ns(feed.params),
        **{name: served.numbers(column, name, where) for name, column in zip(names, rows[1:], strict=True)},
        "value": np.full(opened_ns.size, np.nan),
        "buy_volume": np.full(opened_ns.size, np.nan),
        "n_trades": np.full(opened_ns.size, -1),
    }


def _trades(time_ns: Ints, rows: list[list[Any]], _feed: Feed, where: str) -> dict[str, Any]:
    known = [side is None or (isinstance(side, str) and side in SIDES) for side in rows[1]]
    refuse(~np.array(known, np.bool_), rows[1], "side is buy, sell or null", where)
    return {
        "time": time_ns,
        "price": served.numbers(rows[2], "price", where),
        "size": served.numbers(rows[3], "size", where),
        "side": np.array([SIDES[side] for side in rows[1]], np.int8),
        "flags": np.array([0 if note is None else Flag.VENUE for note in rows[4]], np.uint16),
    }


def _funding(time_ns: Ints, rows: list[list[Any]], feed: Feed, where: str) -> dict[str, Any]:
    return {
        "time": time_ns,
        "known_at": time_ns + lag_ns(feed.params),
        "rate": served.numbers(rows[1], "rate", where),
        "mark_price": np.full(time_ns.size, np.nan),
    }


_TABLES = {"ohlcv": _ohlcv, "trades": _trades, "funding": _funding}
