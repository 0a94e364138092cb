"""Average uniqueness of overlapping labels."""

from bench.labels_input import make_spans as make

__all__ = ["GOALS", "MOST", "NAME", "SIDES", "N", "make"]

NAME = "average uniqueness"
N = 1_000_000
MOST = 10_000_000
SIDES = {"assay": "", "finmlkit": "finmlkit"}
GOALS = {"finmlkit": 0.0333}
