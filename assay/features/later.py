"""Features of slower bars as the main bars know them: what the laws of no look-ahead are asked of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from assay.bars.params import Kind
from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.types import Floats


def as_of_main(slower: Mapping[Kind, Sequence[Feature]]) -> list[Feature]:
    """Return entries of slower bars as functions of the main ones, whose ``markets`` hold the slower by their type.

    Their look-back is not known in main bars: it is given as 1, so that every row is looked at.
    """
    return [_as_of_main(entry, kind) for kind, entries in slower.items() for entry in entries]


def _as_of_main(entry: Feature, kind: Kind) -> Feature:
    def function(inputs: Inputs) -> Floats:
        other = inputs.markets[kind]
        if other.bars.is_empty():
            return np.full(inputs.bars.height, np.nan)
        return inputs.known(other.bars, entry.function(other))

    return replace(entry, function=function, lookback=1, starts_at=None)
