"""Parameters of the groups that look at trades and quotes."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from assay.features.params.group import GroupParams, Window


class FlowParams(GroupParams):
    """Order flow of the bars: who bought, how much, how fast, at what price."""

    enabled: bool = Field(
        default=True, description="Build the group; what needs a volume is left out where there is none."
    )
    short_window: Window = Field(10, description="Short window of the order flow, bars.")
    long_window: Window = Field(50, description="Long window of the order flow, above the short one, bars.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.short_window >= self.long_window:
            raise ValueError("short_window must be below long_window")
        return self


class SpreadParams(GroupParams):
    """Spread and quoted sizes."""

    enabled: bool = Field(default=True, description="Build the group; left out where the data holds trades only.")
    window: Window = Field(50, description="Window to which spread and quoted imbalance are compared, bars.")
