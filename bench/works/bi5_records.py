"""The records of hour files of quotes, unpacked before: what is ours of the decoding."""

from bench.bi5_input import make

__all__ = ["GOALS", "NAME", "SIDES", "N", "make"]

NAME = "records of .bi5 files, against a loop over struct"
N = 100
SIDES = {"assay": "", "loop": ""}
GOALS = {"loop": 0.05}
