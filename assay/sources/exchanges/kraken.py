"""Messages of Kraken's websocket, version 1 -> trades and quotes.

An array holds the number of the subscription, what happened, the channel and the pair: [993, [...], "trade",
"XMR/USD"]; an object tells of the connection (docs.kraken.com, WebSocket v1). Version 2 has other messages.
"""

from __future__ import annotations

import polars as pl

from assay.sources.decode.arranged import arranged
from assay.sources.decode.messages import ANY, OTHERS, lines, parsed, within
from assay.sources.decode.refusals import refuse, refuse_holes, refuse_outside
from assay.sources.decode.times import from_decimal_seconds
from assay.sources.venue import Decoded, Feed, Piece
from assay.tables.flags import Flag

ARRAY = r'^\[\d+,\s*(.*),\s*"([a-z]+)(?:-(\d+))?",\s*"([^"]+)"\]$'
EVENT = r'"event":\s*"'
CELLS = pl.List(pl.String)
SIDES = {"b": 1, "s": -1}
TRADE = ("price", "size", "time", "side", "order_type", "misc")
SPREAD = ("bid", "ask", "time", "bid_size", "ask_size")
_OTHER = "record version 1, wss://ws.kraken.com"


def trades(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return trades at the exchange's time, with the taker's side; those that it marks (`misc`) are flagged.

    Counts `messages_of_other_symbols`.
    """
    messages, others = of(raw, piece, feed, "trade")
    rows = parsed(messages["said"], pl.List(CELLS), piece).explode(empty_as_null=False)
    refuse(rows.is_null() | (rows.list.len() != len(TRADE)), rows, f"trades are {', '.join(TRADE)}", piece.path)
    frame = pl.DataFrame({name: rows.list.get(i) for i, name in enumerate(TRADE)})
    side = pl.col("side").replace_strict(SIDES, default=None, return_dtype=pl.Int8)
    marked = pl.when(pl.col("misc") != "").then(int(Flag.VENUE)).otherwise(0).cast(pl.UInt16)
    frame = _numbers(frame, ("price", "size"), piece).with_columns(side, flags=marked)
    refuse_holes(frame, ("side", "misc"), piece.path)
    return arranged(_timed(frame, piece), "trades"), {OTHERS: others}


def quotes(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return best quotes of channel `spread`; where a capture has none, of `ticker`, which tells no time but receipt.

    Counts `messages_of_other_symbols`.
    """
    messages, others = of(raw, piece, feed, "spread")
    if not messages.height:
        messages, others = of(raw, piece, feed, "ticker")
        return arranged(_ticker(messages, piece), "quotes"), {OTHERS: others}
    rows = parsed(messages["said"], CELLS, piece)
    refuse(rows.is_null() | (rows.list.len() != len(SPREAD)), rows, f"spreads are {', '.join(SPREAD)}", piece.path)
    frame = pl.DataFrame({name: rows.list.get(i) for i, name in enumerate(SPREAD)})
    frame = _numbers(frame, ("bid", "ask", "bid_size", "ask_size"), piece)
    return arranged(_timed(frame, piece), "quotes"), {OTHERS: others}


def of(raw: bytes, piece: Piece, feed: Feed, channel: str) -> tuple[pl.DataFrame, int]:
    """Return the messages of a channel: received_ns, said (JSON), depth; and how many there are of other pairs.

    Raises
    ------
    DataError
        If a message has not the form of version 1.
    """
    messages = lines(raw, piece, ANY).filter(pl.col("address").is_null())
    parts = messages["json"].str.extract_groups(ARRAY).struct.unnest()
    parts.columns = ["said", "channel", "depth", "pair"]
    stray = parts["channel"].is_null() & ~messages["json"].str.contains(EVENT)
    refuse(stray, messages["json"], "messages are of Kraken's websocket, version 1", piece.path, _OTHER)
    asked = messages.select("received_ns").hstack(parts).filter(pl.col("channel") == channel)
    ours = asked.filter(_plain(pl.col("pair")) == _plain(pl.lit(feed.venue_symbol)))
    return ours, asked.height - ours.height


def _plain(pair: pl.Expr) -> pl.Expr:
    """Return a pair as one word, by the names that ccxt has: XBT is BTC, XDG is DOGE."""
    word = pair.str.to_uppercase().str.replace("/", "", literal=True)
    return word.str.replace("XBT", "BTC", literal=True).str.replace("XDG", "DOGE", literal=True)


def _ticker(messages: pl.DataFrame, piece: Piece) -> pl.DataFrame:
    """Return the best quotes of a ticker: price, whole lots and lots of each side, as of their receipt."""
    said = parsed(messages["said"], pl.Struct({"a": CELLS, "b": CELLS}), piece)
    sides = {"bid": said.struct.field("b"), "ask": said.struct.field("a")}
    cells = {name: cells.list.get(0, null_on_oob=True) for name, cells in sides.items()}
    cells |= {f"{name}_size": cells.list.get(2, null_on_oob=True) for name, cells in sides.items()}
    frame = _numbers(pl.DataFrame(cells), tuple(cells), piece)
    return frame.with_columns(messages["received_ns"].alias("time"))


def _numbers(frame: pl.DataFrame, names: tuple[str, ...], piece: Piece) -> pl.DataFrame:
    """Return the frame with text as numbers.

    Raises
    ------
    DataError
        If one is none.
    """
    return refuse_holes(frame.with_columns(pl.col(*names).cast(pl.Float64, strict=False)), names, piece.path)


def _timed(frame: pl.DataFrame, piece: Piece) -> pl.DataFrame:
    timed = frame.with_columns(from_decimal_seconds(pl.col("time")).alias("time"))
    return refuse_outside(refuse_holes(timed, ("time",), piece.path), "time", *within(piece), piece.path)
