"""Ticks as a source delivers them: quotes, or trades."""

from __future__ import annotations

import polars as pl

from assay.tables.bars import LEAST, MOST
from assay.tables.table import TIME, Column, Rule, Table

_SORTED = Rule(
    "times never fall",
    pl.col("time").diff().dt.total_nanoseconds() < 0,
    "sort the rows by time, keeping equal times in their order",
)
LARGEST = 2.0**53
"""Sizes, up to which every whole number is a double; prices have the limits of bars."""


def _price(name: str) -> Rule:
    return _within(name, f"is a positive, finite number, {LEAST:g} to {MOST:g}", LEAST, MOST)


def _traded(name: str) -> Rule:
    return _within(name, f"is a positive, finite number, {LEAST:g} to {LARGEST:g}", LEAST, LARGEST)


def _quoted(name: str) -> Rule:
    return _within(name, f"is a finite number, 0 to {LARGEST:g}", 0.0, LARGEST)


def _within(name: str, law: str, least: float, most: float) -> Rule:
    return Rule(f"{name} {law}", ~pl.col(name).is_between(least, most), "check the decoder's scale")


QUOTES = Table(
    "quotes",
    {
        "time": Column(TIME, "when the quote was published"),
        "bid": Column(pl.Float64, "best bid, quote currency"),
        "ask": Column(pl.Float64, "best ask, quote currency"),
        "bid_size": Column(pl.Float64, "size at the bid, units of the instrument"),
        "ask_size": Column(pl.Float64, "size at the ask, units of the instrument"),
    },
    (
        _SORTED,
        _price("bid"),
        _price("ask"),
        _quoted("bid_size"),
        _quoted("ask_size"),
        Rule("bid <= ask", pl.col("bid") > pl.col("ask"), "set data.crossed_quotes to drop, or mend the source"),
    ),
)

TRADES = Table(
    "trades",
    {
        "time": Column(TIME, "when the trade was printed"),
        "price": Column(pl.Float64, "trade price, quote currency"),
        "size": Column(pl.Float64, "traded size, units of the instrument"),
        "side": Column(pl.Int8, "aggressor: +1 buyer, -1 seller, 0 not given"),
    },
    (
        _SORTED,
        _price("price"),
        _traded("size"),
        Rule("side is -1, 0 or 1", ~pl.col("side").is_in([-1, 0, 1]), "map the venue's codes"),
    ),
)


def kind_of(frame: pl.DataFrame) -> Table:
    """Return the tick table a frame belongs to, by its columns."""
    return QUOTES if "bid" in frame.columns else TRADES
