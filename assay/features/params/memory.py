"""Parameters of the groups that ask how much the past of a price tells: entropies, memory, variation."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, field_validator, model_validator

from assay.features.params.group import GroupParams, Window

Encoding: TypeAlias = Literal["sign", "quantile", "sigma"]
"""How a return becomes a letter."""
_HUNDREDTHS = 100.0


class EntropyParams(GroupParams):
    """Entropies of the last log returns, each written as a letter that was known at its close."""

    enabled: bool = Field(default=False, description="Build the group.")
    encodings: list[Encoding] = Field(
        ["sign", "quantile", "sigma"],
        min_length=1,
        description="Letters of the returns: sign = fall, no change, rise; quantile = rank among the last returns; "
        "sigma = size in units of the last returns.",
    )
    windows: list[Annotated[int, Field(ge=16, le=2_000)]] = Field(
        [128], min_length=1, description="Letters that an entropy is taken of, bars."
    )
    encoding_window: Window = Field(120, description="Returns that quantile and sigma letters compare with, bars.")
    quantile_letters: int = Field(4, ge=2, le=10, description="Letters of the quantile encoding.")
    sigma_limit: int = Field(
        2, ge=1, le=5, description="Largest move the sigma encoding tells apart, in units of the last returns."
    )
    word: int = Field(2, ge=2, le=4, description="Letters per word of the plug-in entropy.")


class MemoryParams(GroupParams):
    """How long moves last: fractional differences, variance ratios, Hurst exponents, autocorrelations."""

    enabled: bool = Field(default=False, description="Build the group.")
    orders: list[Annotated[float, Field(gt=0.0, lt=2.0)]] = Field(
        [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
        description="Orders of the fractional differences of the log close (ffd_100d), in hundredths: candidates, of "
        "which a fit may choose on its train rows.",
    )
    threshold: float = Field(
        1e-4,
        ge=1e-6,
        le=0.1,
        description="The weights of fractional differences end with the first one nearer to 0; smaller keeps more "
        "memory and a wider window.",
    )
    ratio_lags: list[Annotated[int, Field(ge=2, le=500)]] = Field(
        [2, 4, 8, 16], min_length=1, description="Bars per move of the variance ratios (variance_ratio_q_w)."
    )
    ratio_window: Window = Field(120, description="Window of the variance ratios, bars: twice the largest lag or more.")
    hurst_windows: list[Annotated[int, Field(ge=32, le=10_000)]] = Field(
        [240], min_length=1, description="Windows of the Hurst exponents, bars."
    )
    correlation_lags: list[Annotated[int, Field(ge=2, le=500)]] = Field(
        [2, 5, 10], description="Lags of the autocorrelations of log returns, bars; lag 1 is of the group statistics."
    )
    size_lags: list[Annotated[int, Field(ge=1, le=500)]] = Field(
        [1, 5], description="Lags of the autocorrelations of the size of log returns, bars."
    )
    correlation_window: Annotated[int, Field(ge=4, le=10_000)] = Field(
        120, description="Window of the autocorrelations, bars."
    )

    @field_validator("orders")
    @classmethod
    def _in_hundredths(cls, orders: list[float]) -> list[float]:
        if any(round(_HUNDREDTHS * order) / _HUNDREDTHS != order for order in orders):
            raise ValueError("must be whole hundredths")
        return orders

    @model_validator(mode="after")
    def _lags_fit(self) -> MemoryParams:
        if 2 * max(self.ratio_lags) > self.ratio_window:
            raise ValueError("ratio_window must be twice the largest of ratio_lags or more")
        return self


class VariationParams(GroupParams):
    """Where variance comes from: nights, jumps, falls and rises."""

    enabled: bool = Field(default=False, description="Build the group.")
    windows: list[Window] = Field(
        [24, 120], min_length=1, description="Windows of Yang-Zhang, bipower, jumps, falls and rises, bars."
    )
