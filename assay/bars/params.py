"""The ``bars`` block: how ticks become bars."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from assay.types import Params

Kind: TypeAlias = Literal["time", "tick", "volume", "dollar"]
"""What is counted until a bar is full: seconds, ticks, units traded, or price times units."""


class BarsParams(Params):
    """The ``bars`` block: which bars are built, and which of them the model trades on."""

    types: dict[Kind, Annotated[float, Field(gt=0, le=1e12)]] = Field(
        {"tick": 100, "time": 300},
        description="Bars to build, by type, with what fills one: time in seconds, tick in whole ticks, volume in "
        "units traded, dollar in price times units (quote currency, without the multiplier).",
    )
    main: Kind = Field("tick", description="The type of bar that features, labels and the backtest use; one of types.")
    max_tick_share: float = Field(
        0.25, gt=0, le=1, description="Share of all ticks in one bar, as a fraction, above which the bar report warns."
    )

    @model_validator(mode="after")
    def _ticks_are_whole(self) -> Self:
        if self.types.get("tick", 1.0) % 1.0:
            raise ValueError(f"tick must be a whole number in types, not {self.types['tick']:g}")
        return self

    @model_validator(mode="after")
    def _main_is_built(self) -> Self:
        if self.main not in self.types:
            raise ValueError(f"main must be one of types ({', '.join(self.types)}), not {self.main}")
        return self
