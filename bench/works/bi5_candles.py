"""The records of day files of candles, unpacked before: what is ours of the decoding."""

from bench.bi5_input import make_candles as make

__all__ = ["GOALS", "NAME", "SIDES", "N", "make"]

NAME = "records of .bi5 files of candles, against a loop over struct"
N = 100
SIDES = {"assay": "", "loop": ""}
GOALS = {"loop": 0.05}
