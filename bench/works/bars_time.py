"""Time bars of trades in memory: ours with every column of a bar, the peers with open, high, low, close and volume."""

from bench.bars_input import make

__all__ = ["GOALS", "NAME", "SIDES", "N", "make"]

NAME = "bars of 20 s, ours all columns, theirs OHLCV"
N = 10_000_000
SIDES = {"assay": "", "tick": "", "finmlkit": "finmlkit", "polars": "frames", "duckdb": "frames", "pandas": "frames"}
GOALS = {"tick": 1.7, "finmlkit": 0.25, "polars": 0.25, "pandas": 0.25}
