"""Tardis: daily CSV files of the streams of many exchanges."""

from assay.sources.tardis.venue import Tardis

VENUE = Tardis()
"""The venue."""
