"""The group ``ta``: all lines of the large set."""

from __future__ import annotations

from assay.features.feature import Feature
from assay.features.params.ta import TaParams
from assay.features.ta import direction, momentum, overlap, patterns, volatility, volume


def features(params: TaParams) -> list[Feature]:
    """Return the entries of the group."""
    lines = [*momentum.LINES, *direction.LINES, *overlap.LINES, *volatility.LINES]
    candles = patterns.LINES if params.patterns else ()
    return [*(line.entry() for line in lines), *volume.features(), *(line.entry() for line in candles)]
