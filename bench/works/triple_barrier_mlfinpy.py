"""Triple barriers against mlfinpy, which takes a millisecond for each."""

from bench.labels_input import make

__all__ = ["GOALS", "NAME", "SIDES", "N", "make"]

NAME = "triple barrier against mlfinpy"
N = 10_000
SIDES = {"assay": "", "mlfinpy": "mlfinpy"}
GOALS = {"mlfinpy": 0.0001}
