"""Assay: market data in; a tested, explained and honest trading model out."""

__version__ = "0.1.0"
