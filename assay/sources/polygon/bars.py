"""Polygon's aggregates -> OHLCV."""

from __future__ import annotations

from datetime import time
from typing import Any

import numpy as np
import polars as pl

from assay.errors import DataError, ParamsError
from assay.market.zones import DAY_NS, SECOND_NS
from assay.sources.decode import served
from assay.sources.decode.arranged import arranged
from assay.sources.decode.refusals import AGAIN, refuse
from assay.sources.decode.times import MILLISECOND_NS, lag_ns
from assay.sources.polygon import answers
from assay.sources.venue import Decoded, Feed, Piece
from assay.tables.table import TIME
from assay.types import Ints

SPANS = {
    "1m": (1, "minute", 60),
    "3m": (3, "minute", 180),
    "5m": (5, "minute", 300),
    "15m": (15, "minute", 900),
    "30m": (30, "minute", 1_800),
    "1h": (1, "hour", 3_600),
    "1d": (1, "day", 86_400),
}
"""Multiplier, timespan and seconds of an interval. Longer ones begin by New York's clock, across the windows' ends."""
NEW_YORK = "America/New_York"
MIDNIGHT = time()
PRICES = ("open", "high", "low", "close")


def span(feed: Feed) -> tuple[int, str, int]:
    """Return multiplier, timespan and seconds of the wanted interval.

    Raises
    ------
    ParamsError
        If bars of that interval would be cut by the windows.
    """
    interval = feed.params.interval
    if interval not in SPANS:
        known = ", ".join(SPANS)
        raise ParamsError("data.interval", f"polygon's bars are {known}", interval, "take 1h, and longer bars of it")
    return SPANS[interval]


def decode(raw: bytes, piece: Piece, feed: Feed) -> Decoded:
    """Return the bars of an answer.

    Raises
    ------
    DataError
        If it is of another ticker, adjusted, not whole, or if a bar does not begin where one must.
    """
    answer = answers.opened(raw, piece)
    rows = answers.results(answer, piece)
    _refuse_another(answer, piece, feed)
    where = piece.path
    opened_ms = served.wholes([row.get("t") for row in rows], "t", where)
    served.inside(opened_ms, piece.start_ns // MILLISECOND_NS, piece.end_ns // MILLISECOND_NS, where)
    closed_ns = _closed(opened_ms, feed, where)
    prices = {name: served.numbers([row.get(name[0]) for row in rows], name[0], where) for name in PRICES}
    volume = served.numbers([row.get("v") for row in rows], "v", where)
    columns = {
        "opened_at": opened_ms * MILLISECOND_NS,
        "closed_at": closed_ns,
        "known_at": closed_ns + lag_ns(feed.params),
        **prices,
        "volume": volume,
        "value": volume * served.numbers([row.get("vw", np.nan) for row in rows], "vw", where),
        "buy_volume": np.full(len(rows), np.nan),
        "n_trades": served.wholes([row.get("n", -1) for row in rows], "n", where),
    }
    return arranged(pl.DataFrame(columns), "ohlcv"), {}


def _refuse_another(answer: dict[str, Any], piece: Piece, feed: Feed) -> None:
    """Refuse what was not asked for."""
    if answer.get("ticker") != feed.venue_symbol:
        raise DataError(piece.path, f"ticker is {feed.venue_symbol}", str(answer.get("ticker"))[:40], AGAIN)
    if answer.get("adjusted") is not False:
        remedy = "fetch it again: prices are kept as they were traded"
        raise DataError(piece.path, "adjusted is false", str(answer.get("adjusted"))[:40], remedy)
    if answer.get("next_url"):
        raise DataError(piece.path, "a window fits into one answer", "another page", AGAIN)


def _closed(opened_ms: Ints, feed: Feed, where: str) -> Ints:
    """Return the ends of bars, ns: a day of New York has 23 or 25 hours where its clock changes."""
    opened_ns, step_ns = opened_ms * MILLISECOND_NS, span(feed)[2] * SECOND_NS
    if step_ns < DAY_NS:
        refuse(opened_ns % step_ns != 0, opened_ms, f"t is a multiple of {step_ns // MILLISECOND_NS} ms", where)
        return opened_ns + step_ns
    wall = pl.Series(opened_ns).cast(TIME).dt.convert_time_zone(NEW_YORK)
    local = (wall.dt.time() == MIDNIGHT).to_numpy()
    refuse((opened_ns % DAY_NS != 0) & ~local, opened_ms, "a day begins at midnight UTC or in New York", where)
    closed_ns = wall.dt.offset_by("1d").to_physical().to_numpy()
    return np.where(local, closed_ns, opened_ns + DAY_NS)
