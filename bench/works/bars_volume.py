"""Volume bars of trades in memory, the sum starting at 0 with every bar: of the peers only finmlkit has them."""

from bench.bars_input import make

__all__ = ["GOALS", "NAME", "SIDES", "N", "make"]

NAME = "bars of 10,000 units, ours all columns, theirs OHLCV"
N = 10_000_000
SIDES = {"assay": "", "tick": "", "finmlkit": "finmlkit"}
GOALS = {"tick": 1.7, "finmlkit": 0.25}
