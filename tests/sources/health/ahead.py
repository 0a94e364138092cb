"""Bars and context to plant columns in that know the future."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl

from assay.sources.decode.chunk import Chunk
from assay.sources.health.foresight import Foresight
from assay.sources.params import FeedParams
from assay.sources.venue import Feed
from assay.tables.kinds import TABLES, clock
from tests.tables.planted import row

N = 3_000
SECOND = 1_000_000_000


def found(kind, frame, extra=None, cuts=(), **feed):
    """Return what is found in rows that come in pieces."""
    params = FeedParams(source="files", path="x")
    foresight = Foresight(Feed(params, kind, "X", "X", None, Path(), feed.get("start_ns"), feed.get("end_ns")))
    ends = [0, *cuts, frame.height]
    for start, stop in pairwise(ends):
        piece = None if extra is None else extra[start:stop]
        foresight.look_at(Chunk("a", "a", "", frame[start:stop], extra=piece))
    return foresight.findings()


def named(kind, frame, extra=None, **feed):
    return [one.column for one in found(kind, frame, None if extra is None else pl.DataFrame(extra), **feed)]


def table(kind, columns):
    """Return rows, a second apart, of which some columns are given."""
    n = len(next(iter(columns.values())))
    times = {name: SECOND * (np.arange(n) + (name in ("closed_at", "known_at"))) for name in TABLES[kind].columns}
    values = {name: pl.Series([value] * n) for name, value in row(kind, 0).items()}
    values |= {
        name: pl.Series(times[name]) for name in ("time", clock(kind), "closed_at", "known_at") if name in values
    }
    values |= {name: pl.Series(column) for name, column in columns.items()}
    schema = TABLES[kind].empty().schema
    return pl.DataFrame({name: values[name].cast(dtype) for name, dtype in schema.items()})


def market(n=N, seed=3) -> dict[str, np.ndarray]:
    """Bars of 20 steps of a random walk each, whose volume goes with their range and lasts."""
    draw = np.random.default_rng(seed)
    pace = np.zeros(n)
    for i, noise in enumerate(draw.normal(0, 0.4, n)):
        pace[i] = 0.8 * pace[i - 1] + noise
    steps = draw.normal(0, 0.1, (n, 20)) * np.exp(pace)[:, None]
    path = 1_000.0 + np.cumsum(steps).reshape(n, 20)
    volume = 100.0 * np.exp(pace + draw.normal(0, 0.3, n))
    bars = {"open": np.concatenate(([1_000.0], path[:-1, -1])), "close": path[:, -1]}
    bars["high"], bars["low"] = np.maximum(path.max(1), bars["open"]), np.minimum(path.min(1), bars["open"])
    share = np.clip(0.5 + 0.3 * (bars["close"] - bars["open"]) / (bars["high"] - bars["low"]), 0, 1)
    return {**bars, "volume": volume, "value": volume * 1_000.0, "buy_volume": share * volume, "n_trades": volume // 3}


def ahead(x, k=1):
    """Return what a column holds k rows later."""
    return np.append(x[k:], np.full(k, x[-1]))
