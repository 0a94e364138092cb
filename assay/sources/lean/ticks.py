"""Tick files: one day of quotes or of trades, times as milliseconds since midnight on the market's clock."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from assay.errors import DataError
from assay.sources.decode.arranged import arranged
from assay.sources.decode.refusals import refuse
from assay.sources.lean.cells import rows
from assay.sources.lean.clock import utc
from assay.sources.lean.consolidated import consolidated
from assay.sources.lean.markets import Market
from assay.sources.venue import Decoded
from assay.tables.flags import Flag

DAY_MS = 86_400_000
MOST_EXCHANGES = 64
_QUOTE = {"ms": pl.Int64, "bid": pl.Float64, "ask": pl.Float64}
_MARKED = {"exchange": pl.String, "condition": pl.String, "suspicious": pl.Int8}
_TRADE_OF = {"ms": pl.Int64, "price": pl.Int64, "size": pl.Float64, **_MARKED}
_QUOTE_OF = {
    "ms": pl.Int64, "bid": pl.Int64, "bid_size": pl.Float64, "ask": pl.Int64, "ask_size": pl.Float64, **_MARKED
}  # fmt: skip
_SUSPICIOUS = pl.when(pl.col("suspicious") != 0).then(int(Flag.VENUE)).otherwise(0).alias("flags")


def quotes(content: bytes, day: date, market: Market, where: str) -> Decoded:
    """Return a day of quotes; those of single exchanges as the best bid and offer of all: see ``consolidated``.

    Rows at which one of the two sides has no price yet, or no more, are left out and counted.

    Raises
    ------
    DataError
        If a row has other columns, or a time lies outside the day.
    """
    if market.per_unit != 1.0:
        return _best(rows(content, _QUOTE_OF, where), day, market, where)
    frame = rows(content, _QUOTE, where).with_columns(bid_size=pl.lit(0.0), ask_size=pl.lit(0.0))
    return arranged(frame.with_columns(since_midnight(frame, day, market, where)), "quotes"), {}


def trades(content: bytes, day: date, market: Market, where: str) -> Decoded:
    """Return a day of trades; who was the aggressor is not given.

    Raises
    ------
    DataError
        If a row has other columns, or a time lies outside the day.
    """
    frame = rows(content, _TRADE_OF, where)
    time = since_midnight(frame, day, market, where)
    price = pl.Series("price", frame.get_column("price").to_numpy() / market.per_unit)
    return arranged(frame.with_columns(time, price, _SUSPICIOUS, side=pl.lit(0)), "trades"), {}


def since_midnight(frame: pl.DataFrame, day: date, market: Market, where: str, column: str = "time") -> pl.Series:
    """Return the column ``ms`` as instants.

    Raises
    ------
    DataError
        If one lies outside the day.
    """
    outside = ~frame.get_column("ms").is_between(0, DAY_MS - 1)
    refuse(outside, frame["ms"], "milliseconds lie inside the day", where, "download it again")
    wall = frame.select(pl.lit(day).cast(pl.Datetime("ns")) + pl.duration(milliseconds=pl.col("ms"), time_unit="ns"))
    return utc(wall.to_series(), market.zone, where).alias(column)


def _best(frame: pl.DataFrame, day: date, market: Market, where: str) -> Decoded:
    time = since_midnight(frame, day, market, where)
    names = ("bid", "bid_size", "ask", "ask_size")
    codes = frame.get_column("exchange").rank("dense").cast(pl.Int64).to_numpy() - 1
    n_exchanges = int(codes.max()) + 1 if codes.size else 0
    if n_exchanges > MOST_EXCHANGES:
        raise DataError(where, f"there are {MOST_EXCHANGES} exchanges at most", n_exchanges, "download it again")
    bid, bid_size, ask, ask_size = (frame[name].cast(pl.Float64).to_numpy() for name in names)
    best, both = consolidated(codes, bid, bid_size, ask, ask_size, n_exchanges)
    best[:, [0, 2]] /= market.per_unit
    columns = [time, *(pl.Series(name, best[:, k]) for k, name in enumerate(names))]
    table = arranged(frame.select(_SUSPICIOUS).with_columns(columns).filter(both), "quotes")
    return table, {"quotes_without_both_sides": int(np.sum(~both))}
