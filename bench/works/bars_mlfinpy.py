"""Tick bars as mlfinpy makes them, a row at a time."""

from bench.bars_input import make

__all__ = ["GOALS", "NAME", "SIDES", "N", "make"]

NAME = "bars of 1,000 ticks against mlfinpy"
N = 2_000_000
SIDES = {"assay": "", "mlfinpy": "mlfinpy"}
GOALS = {"mlfinpy": 0.0025}
