"""Units of venues' clocks, and how long after its time a row could first be read."""

from __future__ import annotations

import polars as pl

from assay.market.zones import SECOND_NS
from assay.sources.params import FeedParams

MILLISECOND_NS, MICROSECOND_NS = 1_000_000, 1_000


def lag_ns(params: FeedParams, usual_seconds: float = 0.0) -> int:
    """Return the publish lag, ns: the parameter's, or what is usual for the source."""
    given = params.publish_lag_seconds
    return round((usual_seconds if given == "auto" else given) * SECOND_NS)


def known_at(column: str, lag_ns: int) -> pl.Expr:
    """Return column `known_at`: a column of instants, later by a lag."""
    return (pl.col(column) + pl.duration(nanoseconds=lag_ns, time_unit="ns")).alias("known_at")
