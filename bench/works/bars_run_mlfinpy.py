"""Volume run bars as mlfinpy makes them, a row at a time; finmlkit names run bars and raises an error.

The bars themselves differ, since what is expected is estimated otherwise: mlfinpy averages the sizes of either side
over the last 10,000 of its trades and its share over bars, ours the product over bars (``assay.bars.expectation``).
What must agree is what must of imbalance bars.
"""

from bench.bars_input import make_rising as make

__all__ = ["GOALS", "MOST", "NAME", "SIDES", "N", "make"]

NAME = "volume run bars by the tick rule, against mlfinpy"
N = 200_000
MOST = 10_000_000
SIDES = {"assay": "", "mlfinpy": "mlfinpy"}
GOALS = {"mlfinpy": 0.25}
