"""Units of venues' clocks, and how long after its time a row could first be read."""

from __future__ import annotations

import polars as pl

from assay.market.zones import DAY_NS, SECOND_NS
from assay.sources.params import FeedParams

MILLISECOND_NS, MICROSECOND_NS = 1_000_000, 1_000
SLACK_NS = DAY_NS
"""How far a row may lie outside the period of its file; a time in another unit lies decades outside."""


def lag_ns(params: FeedParams, usual_seconds: float = 0.0) -> int:
    """Return the publish lag, ns: the parameter's, or what is usual for the source."""
    given = params.publish_lag_seconds
    return round((usual_seconds if given == "auto" else given) * SECOND_NS)


def known_at(column: str, lag_ns: int) -> pl.Expr:
    """Return column `known_at`: a column of instants, later by a lag."""
    return (pl.col(column) + pl.duration(nanoseconds=lag_ns, time_unit="ns")).alias("known_at")


def from_decimal_seconds(text: pl.Expr) -> pl.Expr:
    """Return text such as 1618678142.557535 as nanoseconds, exactly; null where it is none."""
    digits = text.str.replace(".", "", literal=True).str.pad_end(19, "0").cast(pl.Int64, strict=False)
    return pl.when(text.str.contains(r"^\d{10}\.\d{1,9}$")).then(digits)
