"""Parameters of the groups that need nothing but prices."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from assay.features.params.group import GroupParams, Horizon, Window


class ReturnParams(GroupParams):
    """Returns over several horizons, and the shape of the last bar."""

    windows: list[Horizon] = Field(
        [1, 2, 5, 10, 20, 50, 120],
        min_length=1,
        description="Horizons of the log returns (log_return_w), bars; the default HMM observes 1 and 120.",
    )


class SimpleParams(GroupParams):
    """Simple returns, their sign and their variance: what they are in money, where logarithms add up."""

    enabled: bool = Field(default=False, description="Build the group.")
    windows: list[Horizon] = Field(
        [1, 5, 20], min_length=1, description="Horizons of the simple returns (return_w), bars."
    )
    variance_windows: list[Window] = Field(
        [24], min_length=1, description="Windows of the variance of simple returns of one bar (return_var_w), bars."
    )


class VolatilityParams(GroupParams):
    """Realised and range-based volatility, per bar."""

    windows: list[Window] = Field(
        [10, 24, 50, 120],
        min_length=1,
        description="Windows of realised volatility (rv_w), bars; the default HMM observes 24 and 120.",
    )
    range_window: Window = Field(24, description="Window of Parkinson, Garman-Klass and Rogers-Satchell, bars.")


class StatisticsParams(GroupParams):
    """Rolling statistics of prices and returns."""

    price_windows: list[Window] = Field(
        [20, 120],
        min_length=1,
        description="Windows of z-score, efficiency ratio and position in the range, bars.",
    )
    return_windows: list[Annotated[int, Field(ge=4, le=10_000)]] = Field(
        [120], min_length=1, description="Windows of skewness, kurtosis and autocorrelation of log returns, bars."
    )


class TechnicalParams(GroupParams):
    """Indicators of technical analysis with the field's usual periods, made free of the price level."""

    sma_windows: list[Window] = Field(
        [24, 120],
        min_length=1,
        description="Windows of the moving averages: distance of the close from each, and of each from the next, bars.",
    )


class LevelParams(GroupParams):
    """Averages, bands and ranges in quote currency: a model that learns from one level does not know another."""

    enabled: bool = Field(default=False, description="Build the group.")
    sma_windows: list[Window] = Field(
        [24, 120, 480], min_length=1, description="Windows of the averages (sma_w), bars."
    )
