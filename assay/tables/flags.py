"""Flags: one bit for each rule whose rows may be kept although they break it."""

from __future__ import annotations

from enum import IntFlag

import polars as pl

from assay.tables.table import Column, Rule


class Flag(IntFlag):
    """What is known against a row that was kept; 0 for nothing.

    DUPLICATE: equal in every column to the row before it. LOCKED: bid and ask are equal. OUTLIER: far from its
    neighbours on both sides. VENUE: the venue itself marked the row as suspicious. RANGE: open or close lies outside
    low to high. FLAT: nothing was traded, prices are carried forward. CROSSED: the bid is above the ask.
    """

    DUPLICATE = 1
    LOCKED = 2
    OUTLIER = 4
    VENUE = 8
    RANGE = 16
    FLAT = 32
    CROSSED = 64


COLUMN = Column(pl.UInt16, "bits of assay.tables.flags.Flag: what is known against the row; 0 for nothing")
KNOWN = Rule("flags are bits of Flag", pl.col("flags") > int(sum(Flag)), "set bits of assay.tables.flags.Flag only")


def flagged(flag: Flag) -> pl.Expr:
    """Return where a row carries a flag."""
    return (pl.col("flags") & pl.lit(int(flag), pl.UInt16)) != 0


def flag_where(broken: pl.Expr, flag: Flag) -> pl.Expr:
    """Return the column `flags` with a flag added where a rule is broken; the other bits stay."""
    return pl.col("flags") | (broken.fill_null(value=False).cast(pl.UInt16) * pl.lit(int(flag), pl.UInt16))
