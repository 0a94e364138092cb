"""The group ``microstructure``.

What the groups ``flow`` and ``spread`` have is not built twice: VPIN and Amihud's measure of the given sides, the
imbalance of buys and sells over their volume, spread and quoted imbalance of the last bar.
"""

from __future__ import annotations

from assay.features.feature import Feature
from assay.features.microstructure import impact, quotes, ranges, signed
from assay.features.params.microstructure import MicrostructureParams


def features(params: MicrostructureParams) -> list[Feature]:
    """Return the entries of the group."""
    return [entry for theme in (impact, ranges, signed, quotes) for entry in theme.features(params.window)]
