"""The ``features`` block: one class of parameters per group, and the block that holds them all."""

from assay.features.params.block import FeatureParams

__all__ = ["FeatureParams"]
