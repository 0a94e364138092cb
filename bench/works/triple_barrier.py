"""Triple barriers at every bar, two deviations wide, 100 bars at most."""

from bench.labels_input import make

__all__ = ["GOALS", "MOST", "NAME", "SIDES", "N", "make"]

NAME = "triple barrier: ends, prices and reasons; labels_only: vectorbt's BOLB, signs alone"
N = 1_000_000
MOST = 10_000_000
SIDES = {"assay": "", "finmlkit": "finmlkit", "vectorbt": "vectorbt", "labels_only": "vectorbt"}
GOALS = {"finmlkit": 0.25, "vectorbt": 0.125}
