"""Parameters of the group of order books: many levels of bids and asks beside the prices."""

from __future__ import annotations

from typing import Annotated, Self, TypeAlias

from pydantic import Field, field_validator, model_validator

from assay.features.params.group import GroupParams, Window

Depth: TypeAlias = Annotated[int, Field(ge=1, le=1_000)]
"""Levels of a side, from the best on."""


class BookParams(GroupParams):
    """The last order book known at the close of a bar: who is willing to trade, how much, how near."""

    enabled: bool = Field(default=False, description="Build the group; it needs a feed of books (data.more).")
    depths: list[Depth] = Field(
        [1, 5],
        min_length=1,
        description="Levels a side of the imbalances (book_imbalance_k), beside that of all levels; the largest is "
        "what the depth of a side is told of.",
    )
    levels: Depth = Field(20, description="Levels a side that are looked at, at most: the largest of depths or more.")
    window: Window = Field(50, description="Window of z-scores and of mean depth, bars.")
    order_sizes: list[Annotated[float, Field(ge=1e-6, le=1e9)]] = Field(
        [1.0],
        description="Sizes of the market orders whose cost is told (book_buy_cost_1), units traded, to the sixth "
        "decimal; 0.5 is 0_5 in names.",
    )
    oldest_seconds: int = Field(
        60, ge=1, le=86_400, description="All but the age is NaN when the last book known is older, seconds."
    )

    @field_validator("order_sizes")
    @classmethod
    def _in_millionths(cls, sizes: list[float]) -> list[float]:
        if any(float(f"{size:f}") != size for size in sizes):
            raise ValueError("must have six decimals at most")
        return sizes

    @model_validator(mode="after")
    def _depths_are_told(self) -> Self:
        if max(self.depths) > self.levels:
            raise ValueError("levels must be the largest of depths or more")
        return self
