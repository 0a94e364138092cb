"""The sequential bootstrap of so many labels that a matrix of labels times bars would not fit."""

from bench.labels_input import make_sparse_spans as make

__all__ = ["GOALS", "NAME", "SIDES", "N", "make"]

NAME = "sequential bootstrap of 100,000 labels"
N = 100_000
SIDES = {"assay": ""}
GOALS: dict[str, float] = {}
SECONDS = 0.5
