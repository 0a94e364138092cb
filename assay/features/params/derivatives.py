"""Parameters of the group of futures and perpetual swaps: what their venues publish beside prices."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from assay.features.params.group import GroupParams, Window

Hours: TypeAlias = Annotated[int, Field(ge=1, le=720)]
"""Hours that a change or a sum is taken over."""
Oldest: TypeAlias = Annotated[int, Field(ge=1, le=8_760)]
"""Hours after which what was published says nothing any more."""


class DerivativesParams(GroupParams):
    """Funding, open interest, basis, liquidations and long/short ratios, as they were known at the close of a bar."""

    enabled: bool = Field(
        default=False, description="Build the group; what the data does not hold (data.more) is left out."
    )
    funding_window: Window = Field(90, description="Payments that the z-score of the funding rate is taken over.")
    interest_window: Window = Field(288, description="Rows that the z-score of open interest is taken over.")
    basis_window: Window = Field(120, description="Window of the z-scores of the basis, bars.")
    change_hours: list[Hours] = Field([1, 24], min_length=1, description="Horizons of changes of open interest, hours.")
    liquidation_hours: list[Hours] = Field([1, 24], min_length=1, description="Windows of liquidations, hours.")
    funding_oldest_hours: Oldest = Field(
        24, description="The funding rate is NaN when the last payment known is older, hours."
    )
    interest_oldest_hours: Oldest = Field(
        2, description="Open interest and long/short ratios are NaN when the last row known is older, hours."
    )
    mark_oldest_hours: Oldest = Field(
        2, description="Basis and predicted funding are NaN when the last mark known is older, hours."
    )
    liquidation_oldest_hours: Oldest = Field(
        168,
        description="Sums of liquidations are NaN when the last one known is older, hours: a feed that silent is taken "
        "for one that ended. Give more for a market where few are liquidated.",
    )
