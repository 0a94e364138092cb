"""Rules that rows of market data must keep: refused with file and row, dropped, or kept with a flag; all counted."""

from assay.sources.rules.checker import Checker

__all__ = ["Checker"]
