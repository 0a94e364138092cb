"""Polygon's splits and dividends -> ACTIONS."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from assay.errors import DataError
from assay.market.zones import DAY_NS
from assay.sources.decode import served
from assay.sources.decode.arranged import arranged
from assay.sources.decode.refusals import AGAIN, UnwantedError, refuse
from assay.sources.decode.times import known_at, lag_ns
from assay.sources.polygon import answers
from assay.sources.polygon.bars import NEW_YORK
from assay.sources.venue import Decoded, Feed, Piece

DATES = {"splits": "execution_date", "dividends": "ex_dividend_date"}
"""Column of the day on which an action takes effect, by the sort of action."""


def decode(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return splits or dividends, one row per day, from midnight in New York on.

    Raises
    ------
    DataError
        If the answer is not whole, or of another ticker.
    UnwantedError
        If it is in another currency than the instrument.
    """
    rows = answers.results(answers.opened(raw, piece), piece)
    _refuse_others(rows, piece, feed)
    sort = piece.path.split("/")[2]
    time = _days([row.get(DATES[sort]) for row in rows], DATES[sort], piece)
    split, dividend = np.ones(len(rows)), np.zeros(len(rows))
    if sort == "splits":
        split = _ratios(rows, piece)
    else:
        dividend = served.numbers([row.get("cash_amount") for row in rows], "cash_amount", piece.path)
    frame = joined(pl.DataFrame({"time": time, "split": split, "dividend": dividend}))
    counts = {"same_day_actions_joined": len(rows) - frame.height}
    return arranged(frame.with_columns(known_at("time", lag_ns(feed.params))), "actions"), counts


def joined(frame: pl.DataFrame) -> pl.DataFrame:
    """Return actions in order of time, those of one day as one: splits multiply, dividends add up.

    Parameters
    ----------
    frame
        Columns `time`, `split` and `dividend`, and any others, of which the first of a day is kept.
    """
    others = pl.exclude("time", "split", "dividend").first()
    actions = frame.group_by("time").agg(pl.col("split").product(), pl.col("dividend").sum(), others)
    return actions.select(frame.columns).sort("time")


def _ratios(rows: list[dict[str, Any]], piece: Piece) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return shares after per share before."""
    after, before = (
        served.numbers([row.get(name) for row in rows], name, piece.path) for name in ("split_to", "split_from")
    )
    wrong = ~((after > 0) & (before > 0) & (after < np.inf) & (before < np.inf))
    refuse(wrong, after, "split_to and split_from are above 0", piece.path)
    return after / before


def _days(written: list[object], name: str, piece: Piece) -> pl.Series:
    """Return dates as the instants at which they begin in New York."""
    dates = pl.Series(name, [value if isinstance(value, str) else None for value in written], pl.String)
    days = dates.str.to_date("%Y-%m-%d", strict=False)
    days_since = days.to_physical().fill_null(-1).to_numpy()
    wrong = (days_since < piece.start_ns // DAY_NS) | (days_since >= piece.end_ns // DAY_NS)
    refuse(wrong, written, f"{name} is a date of the year that was asked for", piece.path)
    midnight = days.cast(pl.Datetime("ns")).dt.replace_time_zone(NEW_YORK)
    return midnight.dt.convert_time_zone("UTC").alias("time")


def _refuse_others(rows: list[dict[str, Any]], piece: Piece, feed: Feed) -> None:
    """Refuse rows of another ticker or currency."""
    currency = feed.instrument.currency if feed.instrument else "USD"
    for row, action in enumerate(rows, 1):
        if action.get("ticker") != feed.venue_symbol:
            found = str(action.get("ticker"))[:40]
            raise DataError(f"{piece.path} row {row}", f"ticker is {feed.venue_symbol}", found, AGAIN)
        if action.get("currency", currency) != currency:
            rule, remedy = f"cash is in {currency}", "convert the dividend, and use source files"
            raise UnwantedError(f"{piece.path} row {row}", rule, str(action["currency"])[:40], remedy)
