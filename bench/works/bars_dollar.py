"""Dollar bars of trades in memory; finmlkit carries what is left of the tick that fills a bar over to the next."""

from bench.bars_input import make

__all__ = ["GOALS", "NAME", "SIDES", "N", "make"]

NAME = "bars of 10 million dollars, ours all columns, theirs OHLCV"
N = 10_000_000
SIDES = {"assay": "", "tick": "", "finmlkit": "finmlkit"}
GOALS = {"tick": 1.7, "finmlkit": 0.25}
