"""Dukascopy's files: where they are, how their prices are scaled, and what is in them."""

from assay.sources.dukascopy.scales import scale
from assay.sources.dukascopy.venue import VENUE

__all__ = ["VENUE", "scale"]
