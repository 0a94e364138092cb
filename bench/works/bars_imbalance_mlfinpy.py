"""Volume imbalance bars as mlfinpy makes them, a row at a time; finmlkit names imbalance bars and raises an error.

The bars themselves differ, since what is expected is estimated otherwise: mlfinpy averages the imbalance over the last
10,000 trades, ours over bars (``assay.bars.expectation``); it closes the first bar when a sum exceeds what the first
trades let expect, ours after the number that was asked for. What must agree is that nothing is lost: the units and the
money of all bars, with those of the trades after as many as the bars count, are those of the input; and the first open.
"""

from bench.bars_input import make_rising as make

__all__ = ["GOALS", "MOST", "NAME", "SIDES", "N", "make"]

NAME = "volume imbalance bars by the tick rule, against mlfinpy"
N = 200_000
MOST = 10_000_000
SIDES = {"assay": "", "mlfinpy": "mlfinpy"}
GOALS = {"mlfinpy": 0.25}
