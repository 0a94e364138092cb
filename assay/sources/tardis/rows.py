"""Rows of Tardis's files -> tables: trades, quotes, and what derivatives tell of themselves."""

from __future__ import annotations

from typing import TypeAlias

import polars as pl

from assay.market.zones import DAY_NS, SECOND_NS
from assay.sources.decode.arranged import arranged
from assay.sources.decode.delimited import read
from assay.sources.decode.packed import gunzip
from assay.sources.decode.refusals import refuse, refuse_holes, refuse_outside
from assay.sources.decode.times import MICROSECOND_NS, lag_ns
from assay.sources.venue import Decoded, Feed, Piece
from assay.tables.table import DType

SIDES = {"buy": 1, "sell": -1, "unknown": 0}
CLOCKS: dict[str, DType] = {"timestamp": pl.Int64, "local_timestamp": pl.Int64}
DELAY_NS = 60 * SECOND_NS
"""How far the times of a file's rows may reach out of its day: back, as receipts are later; ahead, by a funding."""
FRESH_NS = 600 * SECOND_NS
WITHOUT_VALUE = "rows_without_value_dropped"
"""Count of rows of derivative_ticker that do not tell what is asked for."""
Counts: TypeAlias = dict[str, int]


def table(raw: bytes, types: dict[str, DType], piece: Piece, feed: Feed) -> pl.DataFrame:
    """Return the named columns of a file, with time and known_at: the receipt, or the time where its clock is ahead.

    Raises
    ------
    DataError
        If the file is damaged, is of another symbol, or lies outside its day, give or take one.
    """
    frame = read(gunzip(raw, piece.path), {"symbol": pl.String, **CLOCKS, **types}, piece.path)
    refuse_holes(frame, ("symbol", *CLOCKS), piece.path)
    strange = frame["symbol"].str.to_uppercase() != feed.venue_symbol.upper()
    refuse(strange, frame["symbol"], f"symbol must be {feed.venue_symbol}", piece.path)
    first, last = (piece.start_ns - DAY_NS) // MICROSECOND_NS, (piece.end_ns + DAY_NS) // MICROSECOND_NS
    for name in CLOCKS:
        refuse_outside(frame, name, first, last, piece.path)
    known = pl.max_horizontal(*CLOCKS) * MICROSECOND_NS + lag_ns(feed.params)
    time = pl.col("timestamp") * MICROSECOND_NS
    return frame.with_columns(time.alias("time"), known.alias("known_at"))


def trades(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return single trades; the side is the aggressor's."""
    frame = table(raw, {"side": pl.String, "price": pl.Float64, "amount": pl.Float64}, piece, feed)
    told = frame.with_columns(_side(), size=pl.col("amount"))
    return arranged(refuse_holes(told, ("side", "price", "size"), piece.path), "trades"), {}


def quotes(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return best quotes; where a side is empty its cells are missing, and stay so for the rules."""
    types: dict[str, DType] = dict.fromkeys(("ask_amount", "ask_price", "bid_price", "bid_amount"), pl.Float64)
    names = {"ask_amount": "ask_size", "ask_price": "ask", "bid_price": "bid", "bid_amount": "bid_size"}
    return arranged(table(raw, types, piece, feed).rename(names), "quotes"), {}


def liquidations(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return forced orders: buy closes a short position. `value` is price times amount, as of linear contracts."""
    frame = table(raw, {"side": pl.String, "price": pl.Float64, "amount": pl.Float64}, piece, feed)
    told = frame.with_columns(_side(), size=pl.col("amount"), value=pl.col("price") * pl.col("amount"))
    return arranged(refuse_holes(told, ("side", "price", "size"), piece.path), "liquidations"), {}


def mark_price(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return the mark price wherever it, the index or the funding rate changed.

    Counts `rows_without_value_dropped` and `unchanged_rows_dropped`.
    """
    names = {"mark_price": "mark", "index_price": "index", "funding_rate": "rate"}
    frame, counts = _changes(raw, list(names), "mark_price", piece, feed)
    told = frame.with_columns(pl.col("index_price", "funding_rate").fill_null(float("nan"))).rename(names)
    return arranged(told, "mark_price"), counts


def open_interest(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return open interest wherever it changed; of several in one instant the last.

    Counts `rows_without_value_dropped`, `unchanged_rows_dropped` and `open_interest_same_instant`.
    """
    frame, counts = _changes(raw, ["open_interest"], "open_interest", piece, feed)
    last = frame.unique("time", keep="last", maintain_order=True)
    names = ("value", "long_short_accounts", "long_short_top_accounts", "long_short_top_positions", "taker_buy_sell")
    told = last.with_columns(pl.lit(float("nan")).alias(name) for name in names)
    return arranged(told, "open_interest"), {**counts, "open_interest_same_instant": frame.height - last.height}


def funding(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return the rates that were paid.

    Notes
    -----
    A row tells the rate of the next funding, and its moment; the last rate told before the moment is the one paid. It
    counts if a later row of the file lies behind the moment, or, for the moment at which the file ends, if it was told
    in the last ten minutes; the others are counted (`fundings_not_confirmed`). A file has the moments after the
    midnight that it begins with, up to the one it ends with. Counted are also `rows_without_value_dropped`, without a
    moment or a rate, `rates_of_other_moments`, of another day's or told too late, and `rates_told_anew`, which a later
    row before the moment replaced.
    """
    types: dict[str, DType] = {"funding_timestamp": pl.Int64, "funding_rate": pl.Float64, "mark_price": pl.Float64}
    rows = table(raw, types, piece, feed)
    frame = rows.drop_nulls(("funding_timestamp", "funding_rate"))
    day = (piece.start_ns + DELAY_NS) // MICROSECOND_NS, (piece.end_ns - DELAY_NS) // MICROSECOND_NS
    told = frame.filter(
        (pl.col("timestamp") <= pl.col("funding_timestamp"))
        & pl.col("funding_timestamp").is_between(*day, closed="right")
    )
    last = told.group_by("funding_timestamp", maintain_order=True).last().sort("funding_timestamp")
    latest = frame.select(pl.col("timestamp").max()).item()
    moment = pl.col("funding_timestamp")
    fresh = (moment == day[1]) & (pl.col("timestamp") >= day[1] - FRESH_NS // MICROSECOND_NS)
    paid = last.filter((moment < latest) | fresh) if last.height else last
    counts = {
        WITHOUT_VALUE: rows.height - frame.height,
        "rates_of_other_moments": frame.height - told.height,
        "rates_told_anew": told.height - last.height,
        "fundings_not_confirmed": last.height - paid.height,
    }
    return arranged(_paid(paid, feed), "funding"), counts


def _paid(rows: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    """Return rates at their moments."""
    moment = pl.col("funding_timestamp")
    return rows.with_columns(
        (moment * MICROSECOND_NS).alias("time"),
        (moment * MICROSECOND_NS + lag_ns(feed.params)).alias("known_at"),
        pl.col("funding_rate").alias("rate"),
        pl.col("mark_price").fill_null(float("nan")),
    )


def _changes(raw: bytes, names: list[str], needed: str, piece: Piece, feed: Feed) -> tuple[pl.DataFrame, Counts]:
    """Return rows of derivative_ticker that have the needed value and differ from the row before in a named one.

    Beside them how many have no value, and how many do not differ.
    """
    rows = table(raw, dict.fromkeys(names, pl.Float64), piece, feed)
    frame = rows.drop_nulls(needed)
    changed = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in names)
    found = frame.filter(changed | (pl.int_range(pl.len()) == 0))
    return found, {WITHOUT_VALUE: rows.height - frame.height, "unchanged_rows_dropped": frame.height - found.height}


def _side() -> pl.Expr:
    return pl.col("side").replace_strict(SIDES, default=None, return_dtype=pl.Int8)
