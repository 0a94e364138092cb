"""Rules that one row keeps or breaks by itself, by kind of data."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from assay.tables import depth, ticks
from assay.tables.flags import Flag, flagged
from assay.tables.kinds import TABLES, Kind
from assay.tables.ohlcv import OUTSIDE
from assay.tables.table import Column, Rule

ACROSS = ("unsorted_times", "duplicate_times", "overlapping_bars", "duplicate_rows", "outliers")
"""Rules that look at other rows too."""

EXCUSED = ("ohlc_order", "crossed_quotes")
"""Rules of tables that a flag excuses."""

UNIQUE: tuple[Kind, ...] = ("ohlcv", "funding", "open_interest", "actions")
"""Kinds of which an instant has one row."""

FLAGS = {
    "duplicate_rows": Flag.DUPLICATE,
    "crossed_quotes": Flag.CROSSED,
    "locked_quotes": Flag.LOCKED,
    "outliers": Flag.OUTLIER,
    "venue_flags": Flag.VENUE,
    "ohlc_order": Flag.RANGE,
    "flat_bars": Flag.FLAT,
}
"""What rows that break a rule are flagged with where they are kept."""

PRICES = {
    "quotes": 0.5 * (pl.col("bid") + pl.col("ask")),
    "trades": pl.col("price"),
    "ohlcv": 0.5 * (pl.col("high") + pl.col("low")),
    "mark_price": pl.col("mark"),
}
"""What outliers are looked for in: the middle of a quote, or of a bar from high to low, where every damage shows."""


@dataclass(frozen=True)
class Law:
    """A rule with the parameter that says what is done with the rows that break it.

    Parameters
    ----------
    knob
        Name of the parameter of ``data.rules``; empty for a law that nothing excuses.
    rule
        What must be, and where it is not.
    """

    knob: str
    rule: Rule


def laws(kind: Kind) -> list[Law]:
    """Return the rules of single rows in the order in which they are applied.

    What is missing comes first, so that the others look at numbers; what the table lets pass comes last.
    """
    listed = [Law(rule.knob, rule) for rule in TABLES[kind].rules if rule.knob not in (*ACROSS, *EXCUSED)]
    return [*_missing(kind), *listed, *_let_pass(kind)]


def knobs(kind: Kind) -> list[str]:
    """Return the parameters that govern a kind, in the order in which they are applied."""
    across = ["unsorted_times", "duplicate_rows"]
    across += ["duplicate_times"] * (kind in UNIQUE) + ["overlapping_bars"] * (kind == "ohlcv")
    across += ["outliers"] * (kind in PRICES)
    return [*dict.fromkeys(law.knob for law in laws(kind) if law.knob), *across]


def _missing(kind: Kind) -> list[Law]:
    holes = pl.any_horizontal(*(hole(name, column) for name, column in TABLES[kind].columns.items()))
    missing = Law("missing_values", Rule("every value must be there", holes, "fill them in the source"))
    return [_one_sided(), missing] if kind == "quotes" else [missing]


def hole(name: str, column: Column) -> pl.Expr:
    """Return where a column has no value: null, or NaN where that has no meaning."""
    none = pl.col(name).is_null()
    return none | pl.col(name).is_nan() if column.dtype == pl.Float64 and not column.nan else none


def _one_sided() -> Law:
    """Return the rule of quotes that have one side: the other is 0, NaN or null."""
    bid, ask = (pl.col(side).fill_nan(None).fill_null(0.0) == 0.0 for side in ("bid", "ask"))
    return Law("one_sided_quotes", Rule("quotes have a bid and an ask", bid != ask, "join the sides"))


def _let_pass(kind: Kind) -> list[Law]:
    """Return the rules that are no laws of the table, or none for rows with a flag: they may be kept with it."""
    found = []
    if kind == "quotes":
        found.append(Law("crossed_quotes", Rule("bid <= ask", ticks.CROSSED, "mend the source")))
        found.append(Law("locked_quotes", Rule("bid < ask", pl.col("bid") == pl.col("ask"), "")))
    if kind == "book":
        found.append(Law("crossed_quotes", Rule("best bid <= best ask", depth.CROSSED, "mend the source")))
        best = pl.col("bid_prices").list.first() == pl.col("ask_prices").list.first()
        found.append(Law("locked_quotes", Rule("best bid < best ask", best, "")))
    if kind == "ohlcv":
        found.append(Law("ohlc_order", Rule("low <= open, close <= high", OUTSIDE, "")))
        found.append(Law("flat_bars", Rule("something was traded in a bar", flagged(Flag.FLAT), "")))
    return [*found, Law("venue_flags", Rule("the venue marks no row", flagged(Flag.VENUE), ""))]
