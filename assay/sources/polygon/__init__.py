"""Polygon.io's answers."""

from assay.sources.polygon.venue import VENUE

__all__ = ["VENUE"]
