"""A month of trades in Parquet to tick bars in Parquet, as a process: start, reading, checks, bars, report, writing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl

from assay import store
from assay.tables.ticks import TRADES

NAME = "ticks Parquet to bars Parquet, a process; duckdb: OHLCV alone, duckdb_columns: all of ours but the path"
N = 50_000_000
SIDES = {"assay": "", "duckdb": "frames", "duckdb_columns": "frames"}
GOALS = {"duckdb": 1.0, "duckdb_columns": 1.0}
PEAK_MB = 400
"""Most memory that ours is to take, whatever the number of trades."""

A_DAY, AT_ONCE = 2_000_000, 500_000
"""Whole thousands of trades a day: bars of 1,000 end with the sessions, so sides without sessions have the same."""
DAY_NS, FIRST_NS = 86_400 * 10**9, 1_546_300_800 * 10**9
STEP_NS = DAY_NS // A_DAY
PARAMS = """instrument: {symbol: WALK, table: {WALK: {kind: crypto, tick_size: 0.01}}}
session: {weekend_trading: true}
bars: {types: {tick: 1000}, main: tick}
"""


def make(folder: Path, n: int) -> None:
    """Write a project that has ``n`` trades: a random walk in cents, sizes of 1 to 49, sides that are given or not."""
    generator = np.random.default_rng(1)
    path = folder / "data/ticks/files/WALK/2019-01.parquet"
    path.parent.mkdir(parents=True)
    with store.TableWriter(path, TRADES) as file:
        for start in range(0, n, AT_ONCE):
            file.write(_trades(generator, start, min(AT_ONCE, n - start)))
    (folder / "params.yaml").write_text(PARAMS)
    feed = {"source": "files", "symbol": "WALK", "kind": "trades"}
    (folder / "data/manifest.json").write_text(json.dumps({"feeds": [feed]}))


def _trades(generator: np.random.Generator, start: int, n: int) -> pl.DataFrame:
    """Return the next trades, each at a random instant of its own share of the day."""
    columns = {
        "time": FIRST_NS + (start + np.arange(n)) * STEP_NS + generator.integers(0, STEP_NS, n),
        "price": (110_000 + np.cumsum(generator.integers(-1, 2, n))) / 100,
        "size": generator.integers(1, 50, n),
        "side": generator.integers(-1, 2, n),
        "flags": np.zeros(n),
    }
    return pl.DataFrame(columns).select(pl.col(name).cast(column.dtype) for name, column in TRADES.columns.items())
