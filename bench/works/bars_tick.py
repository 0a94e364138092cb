"""Tick bars of trades in memory: ours with every column of a bar, the peers with open, high, low, close and volume."""

from bench.bars_input import make

__all__ = ["GOALS", "NAME", "SECONDS", "SIDES", "N", "make"]

NAME = "bars of 1,000 ticks, ours all columns, theirs OHLCV"
N = 10_000_000
SIDES = {"assay": "", "finmlkit": "finmlkit", "polars": "frames", "duckdb": "frames", "pandas": "frames"}
GOALS = {"finmlkit": 0.25, "polars": 0.25}
SECONDS = 0.04
