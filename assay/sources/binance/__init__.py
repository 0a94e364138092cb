"""Binance: spot, USD-margined and coin-margined futures, from its archives, its REST interface, and own captures."""

from assay.sources.binance.venue import Binance

VENUE = Binance()
"""The venue."""
