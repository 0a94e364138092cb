"""Whole hour files of quotes: most of it is LZMA, the same for all."""

from bench.bi5_input import make

__all__ = ["GOALS", "NAME", "SIDES", "N", "make"]

NAME = "whole .bi5 files, against LZMA alone"
N = 100
SIDES = {"assay": "", "lzma": ""}
GOALS = {"lzma": 2.0}
