"""Parameters of the group of market microstructure."""

from __future__ import annotations

from pydantic import Field

from assay.features.params.group import GroupParams, Window


class MicrostructureParams(GroupParams):
    """Price impact, spreads out of prices, signed flow, and the spread and depth that quotes show."""

    enabled: bool = Field(
        default=False, description="Build the group; what needs volumes or quotes is left out where there are none."
    )
    window: Window = Field(50, description="Window of every measure of the group, bars.")
