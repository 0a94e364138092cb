"""The book: bids and asks by level, at an instant."""

from __future__ import annotations

import polars as pl

from assay.tables import flags
from assay.tables.bars import LEAST, MOST
from assay.tables.bounds import LARGEST, PRICE, SIZE
from assay.tables.context import KNOWN_AFTER, TIMES
from assay.tables.flags import Flag, flagged
from assay.tables.table import Column, Rule, Table
from assay.tables.ticks import SORTED

_LEVELS = pl.List(pl.Float64)


def _levels(name: str, law: str, least: float, most: float, knob: str) -> Rule:
    """Return the law of every number of a list; a list of none keeps it."""
    inside = pl.element().is_between(least, most).fill_null(value=False)
    return Rule(f"{name} {law}", ~pl.col(name).list.eval(inside).list.all(), "check the decoder's scale", knob)


def _stepping(name: str, step: str, *, falls: bool) -> Rule:
    """Return the law that a side's prices step away from the best."""
    steps = pl.element().diff().drop_nulls()
    outward = pl.col(name).list.eval(steps < 0 if falls else steps > 0).list.all()
    return Rule(f"{name} {step}", ~outward, "sort the levels from the best, one per price")


def _sized(side: str) -> Rule:
    n_prices, n_sizes = (pl.col(f"{side}_{what}").list.len() for what in ("prices", "sizes"))
    return Rule(f"{side}s have a size each", n_prices != n_sizes, "check the decoder")


CROSSED = pl.col("bid_prices").list.first() > pl.col("ask_prices").list.first()
"""Where the best bid of a book lies above its best ask, flagged or not."""
_DEPTH = pl.col("bid_prices").list.len() + pl.col("ask_prices").list.len()

BOOK = Table(
    "book",
    {
        **TIMES,
        "bid_prices": Column(_LEVELS, "bids from the best down"),
        "bid_sizes": Column(_LEVELS, "units at each"),
        "ask_prices": Column(_LEVELS, "asks from the best up"),
        "ask_sizes": Column(_LEVELS, "units at each"),
        "flags": flags.COLUMN,
    },
    (
        SORTED,
        KNOWN_AFTER,
        Rule("a side has a price", _DEPTH == 0, "leave empty books out"),
        _sized("bid"),
        _sized("ask"),
        *(_levels(f"{side}_prices", "are prices", LEAST, MOST, PRICE) for side in ("bid", "ask")),
        *(_levels(f"{side}_sizes", "are sizes", 0.0, LARGEST, SIZE) for side in ("bid", "ask")),
        _stepping("bid_prices", "fall from the best", falls=True),
        _stepping("ask_prices", "rise from the best", falls=False),
        Rule(
            "best bid <= best ask, unless flagged",
            CROSSED & ~flagged(Flag.CROSSED),
            "mend the source, or flag the rows with Flag.CROSSED",
            "crossed_quotes",
        ),
        flags.KNOWN,
    ),
)
