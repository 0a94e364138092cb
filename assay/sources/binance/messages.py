"""Messages of Binance's websocket -> tables."""

from __future__ import annotations

import polars as pl

from assay.sources.binance.lines import entries
from assay.sources.binance.tables import forced, ids_missing, numbers
from assay.sources.decode.arranged import arranged
from assay.sources.decode.messages import OTHERS, lines, within
from assay.sources.decode.refusals import refuse_holes, refuse_outside
from assay.sources.decode.times import MILLISECOND_NS
from assay.sources.venue import Decoded, Feed, Piece
from assay.tables.table import DType

MARKET_TRADE = "MARKET"


def trades(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return trades at the time of the match: aggregated ones where the capture has any, else single ones.

    Counts `trades_not_of_the_market` (the insurance fund's), which are dropped, and `trade_ids_missing`.
    """
    types: dict[str, DType] = {"T": pl.Int64, "s": pl.String, "p": pl.String, "q": pl.String, "m": pl.Boolean}
    types |= {"X": pl.String, "a": pl.Int64, "t": pl.Int64}
    messages = lines(raw, piece)
    aggregated = _of(messages, "aggTrade")
    chosen = aggregated if aggregated.height else _of(messages, "trade")
    frame, others = _ours(entries(chosen, types, piece), feed)
    frame = _timed(frame, piece).with_columns(numbers("p", "q"), side=pl.when("m").then(-1).otherwise(1))
    number = "a" if aggregated.height else "t"
    refuse_holes(frame, ("p", "q", "m", number), piece.path)
    market = frame.filter(pl.col("X").fill_null(MARKET_TRADE) == MARKET_TRADE)
    counts = {OTHERS: others, "trades_not_of_the_market": frame.height - market.height}
    counts["trade_ids_missing"] = ids_missing(frame[number])
    return arranged(market.rename({"p": "price", "q": "size"}), "trades"), counts


def quotes(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return best quotes at the time of the match that changed them; spot does not tell it, and has that of receipt."""
    types: dict[str, DType] = {"T": pl.Int64, "s": pl.String}
    types |= dict.fromkeys(("b", "B", "a", "A"), pl.String)
    frame, others = _ours(entries(_of(lines(raw, piece), "bookTicker"), types, piece), feed)
    frame = _timed(frame, piece, receipt=True).with_columns(numbers("b", "B", "a", "A"))
    refuse_holes(frame, ("b", "B", "a", "A"), piece.path)
    told = frame.rename({"b": "bid", "a": "ask", "B": "bid_size", "A": "ask_size"})
    return arranged(told, "quotes"), {OTHERS: others}


def marks(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return mark prices at the time of the venue's message, with index and the funding rate so far."""
    types: dict[str, DType] = {"E": pl.Int64, "s": pl.String}
    types |= dict.fromkeys(("p", "i", "r"), pl.String)
    frame, others = _ours(entries(_of(lines(raw, piece), "markPriceUpdate"), types, piece), feed)
    missing = pl.col("i", "r").replace("", None).fill_null("nan")
    frame = _timed(frame.rename({"E": "T"}), piece).with_columns(missing).with_columns(numbers("p", "i", "r"))
    refuse_holes(frame, ("p", "i", "r"), piece.path)
    return arranged(frame.rename({"p": "mark", "i": "index", "r": "rate"}), "mark_price"), {OTHERS: others}


def liquidations(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return liquidation orders with what was filled of them; the venue tells the latest per symbol and second only."""
    order: dict[str, DType] = {"s": pl.String, "S": pl.String, "ap": pl.String, "z": pl.String, "T": pl.Int64}
    frame = entries(_of(lines(raw, piece), "forceOrder"), {"o": pl.Struct(order)}, piece)
    frame, others = _ours(frame.unnest("o"), feed)
    frame = _timed(frame, piece).with_columns(numbers("ap", "z"))
    told, counts = forced(frame.rename({"S": "side", "ap": "price", "z": "size"}), piece, feed)
    return told, {OTHERS: others, **counts}


def _of(messages: pl.DataFrame, event: str) -> pl.DataFrame:
    """Return the messages of an event; spot's best quotes do not name theirs, so the stream's name counts too."""
    said = pl.col("json").str.contains(rf'"e": ?"{event}"')
    return messages.filter(said | pl.col("json").str.contains(f'@{event}"', literal=True))


def _ours(frame: pl.DataFrame, feed: Feed) -> tuple[pl.DataFrame, int]:
    """Return the messages of the feed's symbol, and how many others there are."""
    ours = frame.filter(pl.col("s").str.to_uppercase() == feed.venue_symbol.upper())
    return ours, frame.height - ours.height


def _timed(frame: pl.DataFrame, piece: Piece, *, receipt: bool = False) -> pl.DataFrame:
    """Return the frame with time and known_at, the receipt; a recorder's clock that runs behind is set to the venue's.

    With `receipt`, messages that do not tell their time get that of their receipt.
    """
    if not receipt:
        refuse_holes(frame, ("T",), piece.path)
    first_ns, last_ns = within(piece)
    refuse_outside(frame, "T", first_ns // MILLISECOND_NS, last_ns // MILLISECOND_NS, piece.path)
    time_ns = pl.coalesce(pl.col("T") * MILLISECOND_NS, "received_ns")
    timed = frame.with_columns(time_ns.alias("time"))
    return timed.with_columns(pl.max_horizontal("time", "received_ns").alias("known_at"))
