"""Messages of BitMEX's websocket -> trades and quotes.

A message is of one table and says what became of some of its rows: {"table": "trade", "action": "insert", "data":
[...]}; `partial` comes first and has the rows from before the recording (bitmex.com/app/wsAPI).
"""

from __future__ import annotations

import polars as pl

from assay.sources.decode.arranged import arranged
from assay.sources.decode.messages import OTHERS, lines, parsed, within
from assay.sources.decode.refusals import refuse, refuse_holes, refuse_outside
from assay.sources.venue import Decoded, Feed, Piece
from assay.tables.table import DType

SIDES = {"Buy": 1, "Sell": -1}
ACTIONS = ("partial", "insert", "update", "delete")
BEFORE = "rows_from_before_the_recording"
"""Count of rows of `partial`: the last trade or quote, which a recording that connects anew holds twice."""
REGULAR = "Regular"
QUOTE = {"bidPrice": "bid", "askPrice": "ask", "bidSize": "bid_size", "askSize": "ask_size"}


def trades(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return trades at the exchange's time, with the taker's side; sizes are contracts.

    Counts `messages_of_other_symbols`, `rows_from_before_the_recording` and `trades_not_of_the_market`: those whose
    type is named and is not Regular. The last two are dropped.
    """
    types: dict[str, DType] = {"side": pl.String, "size": pl.Float64, "price": pl.Float64, "trdType": pl.String}
    frame, counts = _inserted(raw, piece, feed, "trade", types)
    side = pl.col("side").replace_strict(SIDES, default=None, return_dtype=pl.Int8)
    frame = refuse_holes(frame.with_columns(side), ("side", "size", "price"), piece.path)
    market = frame.filter(pl.col("trdType").fill_null(REGULAR) == REGULAR)
    return arranged(market, "trades"), {**counts, "trades_not_of_the_market": frame.height - market.height}


def quotes(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return best quotes at the exchange's time; a side without a price stays a hole, for the rules.

    Counts `messages_of_other_symbols` and `rows_from_before_the_recording`.
    """
    frame, counts = _inserted(raw, piece, feed, "quote", dict.fromkeys(QUOTE, pl.Float64))
    return arranged(frame.rename(QUOTE), "quotes"), counts


def rows(raw: bytes, piece: Piece, feed: Feed, table: str, types: dict[str, DType]) -> tuple[pl.DataFrame, int]:
    """Return rows of a table in the order of their messages, and how many messages are of other symbols.

    Columns: event (number of the message among those of the table), received_ns, action, symbol, timestamp, and
    `types`. A `partial` without rows is one row whose `types` are null.

    Raises
    ------
    DataError
        If a message is not of the form, or names no action that there is.
    """
    messages = lines(raw, piece)
    ours = messages.filter(pl.col("json").str.contains(rf'"table": ?"{table}"'))
    row = pl.Struct({"symbol": pl.String, "timestamp": pl.String, **types})
    whole = pl.Struct({"action": pl.String, "filter": pl.Struct({"symbol": pl.String}), "data": pl.List(row)})
    said = parsed(ours["json"], whole, piece).struct.unnest()
    refuse(~said["action"].is_in(ACTIONS).fill_null(value=False), said["action"], "action is one of four", piece.path)
    numbered = pl.DataFrame({"event": pl.int_range(ours.height, eager=True), "received_ns": ours["received_ns"]})
    empty = pl.col("filter").struct.field("symbol")
    frame = (
        numbered.hstack(said)
        .explode("data", empty_as_null=True)
        .with_columns(empty.alias("asked"))
        .drop("filter")
        .unnest("data")
    )
    symbol = pl.coalesce("symbol", "asked").str.to_uppercase()
    mine = frame.filter(symbol == feed.venue_symbol.upper())
    return mine, ours.height - mine["event"].n_unique()


def _inserted(
    raw: bytes, piece: Piece, feed: Feed, table: str, types: dict[str, DType]
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Return the rows that were added while recording, with their time."""
    frame, others = rows(raw, piece, feed, table, types)
    fresh = frame.filter(pl.col("action") == "insert")
    timed = fresh.with_columns(nanoseconds("timestamp").alias("time"))
    refuse_outside(refuse_holes(timed, ("time",), piece.path), "time", *within(piece), piece.path)
    return timed, {OTHERS: others, BEFORE: frame.height - fresh.height}


def nanoseconds(column: str) -> pl.Expr:
    """Return times such as 2021-07-22T22:36:09.757Z as nanoseconds; null where it is none."""
    return pl.col(column).str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="ns", strict=False).cast(pl.Int64)
