"""Volume imbalance bars of trades in memory against our own tick bars: mlfinpy needs half a minute for a tenth."""

from bench.bars_input import make

__all__ = ["GOALS", "NAME", "SIDES", "N", "make"]

NAME = "volume imbalance bars against our own tick bars"
N = 10_000_000
SIDES = {"assay": "", "tick": ""}
GOALS = {"tick": 1.7}
