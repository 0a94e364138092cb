"""Parameters of the large set of indicators of technical analysis."""

from __future__ import annotations

from pydantic import Field

from assay.features.params.group import GroupParams


class TaParams(GroupParams):
    """Over a hundred functions of TA-Lib, each once and with its usual periods, free of the price level."""

    enabled: bool = Field(default=False, description="Build the group.")
    patterns: bool = Field(default=True, description="Build the 61 candlestick patterns too.")
