"""Order books made by hand: tables of them, bars beside them, and what plain Python says of both."""

from __future__ import annotations

import math
from bisect import bisect_left
from operator import truediv
from statistics import mean

import numpy as np
import polars as pl

from assay.features.catalogue import catalogue
from assay.features.params import FeatureParams
from assay.tables.depth import BOOK

from .conftest import EVERY, ohlcv

SECOND_NS = 10**9
START_NS = 1_700_000_000 * SECOND_NS
ENTRIES = {entry.name: entry for entry in catalogue(EVERY) if entry.group == "book"}
NOW = [name for name, entry in ENTRIES.items() if entry.lookback == 1]
OLDEST_S = 60
BIDS, ASKS = [(100.0, 3.0), (99.75, 1.0), (99.0, 4.0)], [(100.5, 1.0), (101.0, 2.0), (101.5, 5.0)]


def entries(**params):
    """Return the entries of the group with other parameters, by name."""
    one = FeatureParams.model_validate({"book": {"enabled": True, **params}})
    return {entry.name: entry for entry in catalogue(one) if entry.group == "book"}


def table(rows, flags=0) -> pl.DataFrame:
    """A table of books: (seconds after the start, known after, bids, asks), sides as (price, size) from the best on."""
    columns = {"time": [], "known_at": [], **{name: [] for name in list(BOOK.columns)[2:6]}}
    for time, known, bids, asks in rows:
        columns["time"].append(START_NS + round(time * SECOND_NS))
        columns["known_at"].append(START_NS + round(known * SECOND_NS))
        for name, side in (("bid", bids), ("ask", asks)):
            columns[f"{name}_prices"].append([price for price, _ in side])
            columns[f"{name}_sizes"].append([size for _, size in side])
    frame = pl.DataFrame(columns | {"flags": [flags] * len(rows)}, schema_overrides=LISTS)
    return BOOK.check(frame.select(pl.col(name).cast(column.dtype) for name, column in BOOK.columns.items()), "book")


LISTS = {name: pl.List(pl.Float64) for name in list(BOOK.columns)[2:6]}


def closing(seconds) -> pl.DataFrame:
    """Bars that close so many seconds after the start."""
    frame = ohlcv(pl.DataFrame(dict.fromkeys(("open", "high", "low", "close"), np.full(len(seconds), 100.0))))
    closed = pl.Series(START_NS + np.rint(np.asarray(seconds, float) * SECOND_NS).astype(np.int64))
    return frame.with_columns(closed.cast(frame["closed_at"].dtype).alias(name) for name in ("opened_at", "closed_at"))


def replayed(closed_ns, frame) -> list[dict[str, float]]:
    """Return what the catalogue says of the book at each close, row by row in plain Python."""
    rows = frame.with_columns(pl.col("time", "known_at").to_physical()).rows(named=True)
    known_ns = [row["known_at"] for row in rows]
    last = [bisect_left(known_ns, at_ns) - 1 for at_ns in closed_ns]
    nothing = dict.fromkeys((*NOW, "spread", "bid_depth", "ask_depth"), math.nan)
    return [nothing | (measured(rows[i], at) if i >= 0 else {}) for i, at in zip(last, closed_ns, strict=True)]


def measured(row, at_ns) -> dict[str, float]:
    age = (at_ns - row["time"]) / SECOND_NS
    bids, asks = ([*zip(row[f"{side}_prices"], row[f"{side}_sizes"], strict=True)] for side in ("bid", "ask"))
    if age > OLDEST_S or not bids or not asks or bids[0][0] > asks[0][0]:
        return {"book_age": age}
    mid, spread = (bids[0][0] + asks[0][0]) / 2, asks[0][0] - bids[0][0]
    tilts = {f"book_imbalance_{k or 'all'}": tilt(bids, asks, k) for k in (1, 5, None)}
    b, a = bids[0][1], asks[0][1]
    micro = 1e4 * ((bids[0][0] * a + asks[0][0] * b) / (b + a) / mid - 1) if b + a else math.nan
    both = {"book_age": age, "spread": spread, "book_spread_bps": 1e4 * spread / mid, "book_micro_price": micro}
    return both | tilts | of_side("bid", "sell", bids, mid) | of_side("ask", "buy", asks, mid)


def tilt(bids, asks, k) -> float:
    b, a = (sum(size for _, size in side[:k]) for side in (bids, asks))
    return (b - a) / (b + a) if a + b and (k is None or min(len(bids), len(asks)) >= k) else math.nan


def of_side(name, order, side, mid) -> dict[str, float]:
    """Return depth, slope and cost of one unit of the levels of one side."""
    held = np.cumsum([size for _, size in side])
    rises = [1e4 * abs(side[i + 1][0] / side[i][0] - 1) for i in range(len(side) - 1)]
    growths = [held[i + 1] / held[i] - 1 for i in range(len(side) - 1)] if held[0] else []
    left, paid = 1.0, 0.0
    for price, size in side:
        taken = min(left, size)
        left, paid = left - taken, paid + taken * price
    return {
        f"{name}_depth": held[4] if len(side) >= 5 else math.nan,
        f"book_{name}_slope": mean(map(truediv, growths, rises)) if growths else math.nan,
        f"book_{order}_cost_1": 1e4 * abs(paid / mid - 1) if left < 1e-12 else math.nan,
    }
