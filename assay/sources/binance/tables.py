"""Rows of the archives and of the REST interface -> tables; both say the same in other words."""

from __future__ import annotations

import polars as pl

from assay.errors import DataError
from assay.sources.binance.answers import LIMIT
from assay.sources.binance.clocks import in_nanoseconds, lag_ns
from assay.sources.binance.markets import are_single, contract_usd, market_of
from assay.sources.binance.served import refuse_full, rows
from assay.sources.decode import delimited
from assay.sources.decode.arranged import arranged
from assay.sources.decode.packed import unzip
from assay.sources.decode.refusals import refuse_holes
from assay.sources.ranges import period_ns
from assay.sources.venue import Decoded, Feed, Piece
from assay.tables.flags import Flag
from assay.tables.table import DType

KLINE = ["open_time", "open", "high", "low", "close", "volume", "close_time", "quote_volume", "count"]
KLINE += ["taker_buy_volume", "taker_buy_quote_volume", "ignore"]
KLINE_TYPES: dict[str, DType] = {
    "open_time": pl.Int64,
    **dict.fromkeys(("open", "high", "low", "close", "volume"), pl.Float64),
    "close_time": pl.Int64,
    "quote_volume": pl.Float64,
    "count": pl.Int64,
    "taker_buy_volume": pl.Float64,
}
MARK_TYPES: dict[str, DType] = {"open_time": pl.Int64, "close": pl.Float64, "close_time": pl.Int64}
"""What a candle of mark prices tells; its other cells say nothing."""
KLINE_NAMES = {"quote_asset_volume": "quote_volume", "base_asset_volume": "quote_volume", "number_of_trades": "count"}
KLINE_NAMES |= {"trades": "count", "taker_buy_base_asset_volume": "taker_buy_volume"}
TRADE = ["agg_trade_id", "price", "quantity", "first_trade_id", "last_trade_id", "transact_time", "is_buyer_maker"]
SINGLE = ["agg_trade_id", "price", "quantity", "quote_quantity", "transact_time", "is_buyer_maker", "is_best_match"]
SINGLE_NAMES = {"id": "agg_trade_id", "qty": "quantity", "time": "transact_time"}
"""Single trades have a number of their own."""
TRADE_NAMES = {"a": "agg_trade_id", "p": "price", "q": "quantity", "T": "transact_time", "m": "is_buyer_maker"}
MAKER_SIDES = {"true": -1, "false": 1}
"""Aggressor by "the buyer was the maker"."""


def candles(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return candles; periods in which nothing was traded are flagged, the venue carries their price forward.

    Notes
    -----
    Coin-margined candles count volume in contracts and `quote_volume` in coins; `value` is contracts times their USD.
    """
    frame = _klines(raw, piece, feed, KLINE_TYPES)
    coin_margined = market_of(feed).coin_margined
    value = pl.col("volume") * contract_usd(feed.venue_symbol) if coin_margined else pl.col("quote_volume")
    closed = pl.col("close_time") + pl.col("unit_ns")
    flat = pl.when(pl.col("count") == 0).then(int(Flag.FLAT)).otherwise(0).cast(pl.UInt16)
    told = frame.with_columns(
        pl.col("open_time").alias("opened_at"),
        closed.alias("closed_at"),
        (closed + lag_ns(feed)).alias("known_at"),
        value.alias("value"),
        pl.col("taker_buy_volume").alias("buy_volume"),
        pl.col("count").alias("n_trades"),
        flat.alias("flags"),
    )
    return arranged(told, "ohlcv"), {}


def marks(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return mark prices: the last of each candle, at the last instant of its period."""
    told = _klines(raw, piece, feed, MARK_TYPES).with_columns(
        pl.col("close_time").alias("time"),
        (pl.col("close_time") + pl.col("unit_ns") + lag_ns(feed)).alias("known_at"),
        pl.col("close").alias("mark"),
        pl.lit(float("nan")).alias("index"),
        pl.lit(float("nan")).alias("rate"),
    )
    return arranged(told, "mark_price"), {}


def _klines(raw: bytes, piece: Piece, feed: Feed, types: dict[str, DType]) -> pl.DataFrame:
    if piece.path.endswith(".zip"):
        frame = delimited.read(unzip(raw, piece.path), types, piece.path, KLINE, KLINE_NAMES)
    else:
        frame = rows(raw, types, piece, listed=KLINE)
    frame = in_nanoseconds(frame, ("open_time", "close_time"), piece)
    refuse_holes(frame, list(types), piece.path)
    period = frame["close_time"] + frame["unit_ns"] - frame["open_time"]
    longest = period_ns(feed.params.interval)
    if not period.is_between(1, longest).all():
        found = f"{period.to_numpy().min()} to {period.to_numpy().max()} ns"
        raise DataError(piece.path, f"candles must be of {feed.params.interval}", found, "check data.interval")
    return frame


def trades(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return aggregated trades: fills of one taker order at one price are one row; or single ones.

    Counts `trade_ids_missing`: the venue numbers them one by one, and some of its archives lack some.
    """
    types: dict[str, DType] = {"agg_trade_id": pl.Int64, "price": pl.Float64, "quantity": pl.Float64}
    types |= {"transact_time": pl.Int64, "is_buyer_maker": pl.String}
    if piece.path.endswith(".zip"):
        headless, names = (SINGLE, SINGLE_NAMES) if are_single(feed) else ([*TRADE, "is_best_match"], {})
        frame = delimited.read(unzip(raw, piece.path), types, piece.path, headless, names)
    else:
        answered: dict[str, DType] = {"a": pl.Int64, "p": pl.String, "q": pl.String, "T": pl.Int64, "m": pl.Boolean}
        frame = refuse_full(rows(raw, answered, piece), LIMIT, f"a minute has fewer than {LIMIT} trades", piece)
        frame = frame.rename(TRADE_NAMES)
        frame = frame.with_columns(numbers("price", "quantity"), pl.col("is_buyer_maker").cast(pl.String))
    frame = in_nanoseconds(frame, ("transact_time",), piece)
    side = pl.col("is_buyer_maker").str.to_lowercase().replace_strict(MAKER_SIDES, default=None, return_dtype=pl.Int8)
    told = frame.with_columns(side.alias("side"), pl.col("transact_time").alias("time"), size=pl.col("quantity"))
    refuse_holes(told, ("agg_trade_id", "price", "size", "side"), piece.path)
    return arranged(told, "trades"), {"trade_ids_missing": ids_missing(told["agg_trade_id"])}


def quotes(raw: bytes, piece: Piece, feed: Feed) -> Decoded:  # noqa: ARG001 - all decoders are asked alike
    """Return best quotes at the time of the match that changed them."""
    types: dict[str, DType] = {"best_bid_price": pl.Float64, "best_bid_qty": pl.Float64}
    types |= {"best_ask_price": pl.Float64, "best_ask_qty": pl.Float64, "transaction_time": pl.Int64}
    frame = delimited.read(unzip(raw, piece.path), types, piece.path, ["update_id", *types, "event_time"])
    frame = refuse_holes(in_nanoseconds(frame, ("transaction_time",), piece), list(types), piece.path)
    names = {"best_bid_price": "bid", "best_ask_price": "ask", "best_bid_qty": "bid_size", "best_ask_qty": "ask_size"}
    return arranged(frame.rename(names).with_columns(pl.col("transaction_time").alias("time")), "quotes"), {}


def funding(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return the rates that were paid, some milliseconds off the hour as the venue stamps them."""
    if piece.path.endswith(".zip"):
        types: dict[str, DType] = {"calc_time": pl.Int64, "last_funding_rate": pl.Float64}
        headless = ["calc_time", "funding_interval_hours", "last_funding_rate"]
        frame = delimited.read(unzip(raw, piece.path), types, piece.path, headless)
        frame = frame.with_columns(pl.lit(float("nan")).alias("mark_price"))
    else:
        answered: dict[str, DType] = {"fundingTime": pl.Int64, "fundingRate": pl.String, "markPrice": pl.String}
        frame = rows(raw, answered, piece)
        frame = frame.rename(
            {"fundingTime": "calc_time", "fundingRate": "last_funding_rate", "markPrice": "mark_price"}
        )
        frame = frame.with_columns(pl.col("mark_price").replace("", None).fill_null("nan"))
        frame = frame.with_columns(numbers("last_funding_rate", "mark_price"))
    frame = refuse_holes(in_nanoseconds(frame, ("calc_time",), piece), ("last_funding_rate", "mark_price"), piece.path)
    told = frame.with_columns(
        pl.col("calc_time").alias("time"),
        (pl.col("calc_time") + lag_ns(feed)).alias("known_at"),
        pl.col("last_funding_rate").alias("rate"),
    )
    return arranged(told, "funding"), {}


def liquidations(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return orders that closed positions by force, with what of them was filled; those without a fill are dropped.

    Notes
    -----
    The archives hold each row twice (github.com/binance/binance-public-data, issue 259): set
    `data.rules.duplicate_rows` to drop. Coin-margined sizes are contracts.
    """
    types: dict[str, DType] = {"time": pl.Int64, "side": pl.String, "average_price": pl.Float64}
    types |= {"accumulated_fill_quantity": pl.Float64}
    frame = in_nanoseconds(delimited.read(unzip(raw, piece.path), types, piece.path), ("time",), piece)
    named = {"average_price": "price", "accumulated_fill_quantity": "size"}
    return forced(frame.rename(named).with_columns(known_at=pl.col("time") + lag_ns(feed)), piece, feed)


def forced(frame: pl.DataFrame, piece: Piece, feed: Feed) -> Decoded:
    """Return liquidations of columns time, known_at, side (BUY or SELL), price, size, and how many had no fill."""
    refuse_holes(frame, ("price", "size"), piece.path)
    filled = frame.filter((pl.col("size") != 0) & (pl.col("price") != 0))
    coin_margined = market_of(feed).coin_margined
    value = pl.col("size") * (contract_usd(feed.venue_symbol) if coin_margined else pl.col("price"))
    side = pl.col("side").replace_strict({"BUY": 1, "SELL": -1}, default=None, return_dtype=pl.Int8)
    told = refuse_holes(filled.with_columns(side, value.alias("value")), ("side",), piece.path)
    return arranged(told, "liquidations"), {"liquidations_not_filled": frame.height - filled.height}


def ids_missing(ids: pl.Series) -> int:
    """Return how many numbers between the first and the last of a series are not in it."""
    lowest, highest = ids.min(), ids.max()
    if not isinstance(lowest, int) or not isinstance(highest, int):
        return 0
    return max(highest - lowest + 1 - ids.n_unique(), 0)


def numbers(*names: str) -> pl.Expr:
    """Return text as numbers, as answers and messages write them; what is none becomes null."""
    return pl.col(*names).cast(pl.Float64, strict=False)
