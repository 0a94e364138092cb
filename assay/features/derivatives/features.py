"""The group ``derivatives``."""

from __future__ import annotations

from assay.features.derivatives import basis, funding, interest, liquidations
from assay.features.feature import Feature
from assay.features.params.derivatives import DerivativesParams


def features(params: DerivativesParams) -> list[Feature]:
    """Return the entries of the group."""
    return [entry for theme in (funding, interest, basis, liquidations) for entry in theme.features(params)]
