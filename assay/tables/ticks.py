"""Ticks as a source delivers them: quotes, or trades."""

from __future__ import annotations

import polars as pl

from assay.tables import flags
from assay.tables.bounds import price, quoted, traded
from assay.tables.flags import Flag, flagged
from assay.tables.table import TIME, Column, Rule, Table

SORTED = Rule(
    "times never fall",
    pl.col("time") < pl.col("time").shift(1),
    "sort the rows by time, keeping equal times in their order",
    "unsorted_times",
)
SIDE = Rule("side is -1, 0 or 1", ~pl.col("side").is_between(-1, 1), "map the venue's codes")
CROSSED = pl.col("bid") > pl.col("ask")
"""Where the bid of a quote lies above its ask, flagged or not."""

QUOTES = Table(
    "quotes",
    {
        "time": Column(TIME, "when the quote was published"),
        "bid": Column(pl.Float64, "best bid, quote currency"),
        "ask": Column(pl.Float64, "best ask, quote currency"),
        "bid_size": Column(pl.Float64, "size at the bid, units of the instrument"),
        "ask_size": Column(pl.Float64, "size at the ask, units of the instrument"),
        "flags": flags.COLUMN,
    },
    (
        SORTED,
        price("bid"),
        price("ask"),
        quoted("bid_size"),
        quoted("ask_size"),
        Rule(
            "bid <= ask, unless flagged",
            CROSSED & ~flagged(Flag.CROSSED),
            "mend the source, or flag the rows with Flag.CROSSED",
            "crossed_quotes",
        ),
        flags.KNOWN,
    ),
)

TRADES = Table(
    "trades",
    {
        "time": Column(TIME, "when the trade was printed"),
        "price": Column(pl.Float64, "trade price, quote currency"),
        "size": Column(pl.Float64, "traded size, units of the instrument"),
        "side": Column(pl.Int8, "aggressor: +1 buyer, -1 seller, 0 not given"),
        "flags": flags.COLUMN,
    },
    (SORTED, price("price"), traded("size"), SIDE, flags.KNOWN),
)


def kind_of(frame: pl.DataFrame) -> Table:
    """Return the tick table a frame belongs to, by its columns."""
    return QUOTES if "bid" in frame.columns else TRADES
