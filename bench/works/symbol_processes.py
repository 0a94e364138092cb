"""The same, against the usual design: a process for each share."""

from __future__ import annotations

from bench.works.many_symbols import make

NAME = "36-column equity set, shares, against a process for each, its start included"
N = 20
SIDES = {"assay": "", "processes": "frames"}
GOALS = {"processes": 1 / 1000}

__all__ = ["GOALS", "NAME", "SIDES", "N", "make"]
