"""Which groups of features there are, by the name of their block, in the order of their columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assay.features import (
    calendar,
    clock,
    entropy,
    flow,
    levels,
    memory,
    returns,
    simple,
    spread,
    statistics,
    technical,
    time,
    variation,
    volatility,
)
from assay.features.book import features as book
from assay.features.cross import features as cross
from assay.features.derivatives import features as derivatives
from assay.features.feature import Feature
from assay.features.microstructure import features as microstructure
from assay.features.ta import features as ta

GROUPS: Mapping[str, Callable[[Any], list[Feature]]] = {
    "returns": returns.features,
    "volatility": volatility.features,
    "statistics": statistics.features,
    "technical": technical.features,
    "flow": flow.features,
    "spread": spread.features,
    "time": time.features,
    "simple": simple.features,
    "levels": levels.features,
    "clock": clock.features,
    "ta": ta.features,
    "microstructure": microstructure.features,
    "derivatives": derivatives.features,
    "cross": cross.features,
    "entropy": entropy.features,
    "memory": memory.features,
    "variation": variation.features,
    "calendar": calendar.features,
    "book": book.features,
}
"""From the parameters of a group to its entries."""

SLOWER = ("returns", "volatility", "technical")
"""Groups that are built on other types of bars too."""
