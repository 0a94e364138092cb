"""Parameters of the group of other markets."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from assay.features.params.group import GroupParams, Horizon, Window
from assay.market.instruments import SYMBOL


class CrossParams(GroupParams):
    """What other markets did until a bar closed, each market for itself."""

    enabled: bool = Field(default=False, description="Build the group.")
    symbols: list[Annotated[str, Field(pattern=SYMBOL)]] = Field(
        [], description="The other markets, by symbol; list them in data.symbols too."
    )
    windows: list[Horizon] = Field([1, 20], min_length=1, description="Horizons of their log returns, bars.")
    lags: list[Horizon] = Field([1, 2, 3], description="Lags of their log return of one bar, bars.")
    ratio_window: Window = Field(120, description="Window of the z-score of the ratio of both prices, bars.")
    correlation_windows: list[Annotated[int, Field(ge=3, le=10_000)]] = Field(
        [120], min_length=1, description="Windows of correlation and beta of log returns, bars."
    )
    oldest_hours: int = Field(
        96,
        ge=1,
        le=8_760,
        description="A market's price is NaN when the last bar known is older, hours; long enough for weekends and "
        "holidays of markets that close, short for those that never do.",
    )

    @field_validator("symbols")
    @classmethod
    def _each_once(cls, symbols: list[str]) -> list[str]:
        if len({*symbols}) < len(symbols):
            raise ValueError("must name each one once")
        return symbols

    @model_validator(mode="after")
    def _of_someone(self) -> Self:
        if self.enabled and not self.symbols:
            raise ValueError("symbols must name another market where the group is on")
        return self
