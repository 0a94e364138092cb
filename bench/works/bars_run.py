"""Volume run bars of trades in memory against our own tick bars."""

from bench.bars_input import make

__all__ = ["GOALS", "NAME", "SIDES", "N", "make"]

NAME = "volume run bars against our own tick bars"
N = 10_000_000
SIDES = {"assay": "", "tick": ""}
GOALS = {"tick": 1.7}
