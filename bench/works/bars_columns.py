"""The same tick bars in every column but the spread, by dataframes: what the columns beyond OHLCV cost.

cuDF runs where a GPU is; ours stays on the processor, one thread, and is compared with it by the clock.
"""

from bench.bars_input import make

__all__ = ["GOALS", "NAME", "SIDES", "N", "make"]

NAME = "bars of 1,000 ticks, all columns on every side"
N = 10_000_000
SIDES = {"assay": "", "polars": "frames", "duckdb": "frames", "pandas": "frames", "cudf": "cudf"}
GOALS = {"polars": 0.25, "duckdb": 0.25, "pandas": 0.25}
