"""The sequential bootstrap against mlfinpy, whose matrix of labels times bars allows few."""

from bench.labels_input import make_sparse_spans as make

__all__ = ["GOALS", "NAME", "SIDES", "N", "make"]

NAME = "sequential bootstrap of labels on three times as many bars, same draws"
N = 1_000
SIDES = {"assay": "", "mlfinpy": "mlfinpy"}
GOALS = {"mlfinpy": 0.0002}
