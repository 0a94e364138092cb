"""The same time bars in every column but the spread, by dataframes; periods are those of ours, from 1970 on."""

from bench.bars_input import make

__all__ = ["GOALS", "NAME", "SIDES", "N", "make"]

NAME = "bars of 20 s, all columns on every side"
N = 10_000_000
SIDES = {"assay": "", "polars": "frames", "duckdb": "frames", "pandas": "frames"}
GOALS = {"polars": 0.25, "duckdb": 0.25, "pandas": 0.25}
