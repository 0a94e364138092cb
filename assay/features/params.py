"""The ``features`` block: which groups there are, and their windows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from assay.bars.params import Kind
from assay.errors import ParamsError
from assay.types import Params

Window = Annotated[int, Field(ge=2, le=10_000)]


class ReturnParams(Params):
    """Returns over several horizons, and the shape of the last bar."""

    enabled: bool = Field(default=True, description="Build the group.")
    windows: list[Annotated[int, Field(ge=1, le=10_000)]] = Field(
        [1, 2, 5, 10, 20, 50, 120],
        min_length=1,
        description="Horizons of the log returns (log_return_w), bars; the default HMM observes 1 and 120.",
    )


class VolatilityParams(Params):
    """Realised and range-based volatility, per bar."""

    enabled: bool = Field(default=True, description="Build the group.")
    windows: list[Window] = Field(
        [10, 24, 50, 120],
        min_length=1,
        description="Windows of realised volatility (rv_w), bars; the default HMM observes 24 and 120.",
    )
    range_window: Window = Field(24, description="Window of Parkinson, Garman-Klass and Rogers-Satchell, bars.")


class StatisticsParams(Params):
    """Rolling statistics of prices and returns."""

    enabled: bool = Field(default=True, description="Build the group.")
    price_windows: list[Window] = Field(
        [20, 120],
        min_length=1,
        description="Windows of z-score, efficiency ratio and position in the range, bars.",
    )
    return_windows: list[Annotated[int, Field(ge=4, le=10_000)]] = Field(
        [120], min_length=1, description="Windows of skewness, kurtosis and autocorrelation of log returns, bars."
    )


class TechnicalParams(Params):
    """Indicators of technical analysis with the field's usual periods, made free of the price level."""

    enabled: bool = Field(default=True, description="Build the group.")
    sma_windows: list[Window] = Field(
        [24, 120],
        min_length=1,
        description="Windows of the moving averages: distance of the close from each, and of each from the next, bars.",
    )


class FlowParams(Params):
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


class SpreadParams(Params):
    """Spread and quoted sizes."""

    enabled: bool = Field(default=True, description="Build the group; left out where the data holds trades only.")
    window: Window = Field(50, description="Window to which spread and quoted imbalance are compared, bars.")


class TimeParams(Params):
    """Where in the day, the week and the session a bar closes."""

    enabled: bool = Field(default=True, description="Build the group.")


class FeatureParams(Params):
    """The ``features`` block: groups of causal features, and features to leave out."""

    returns: ReturnParams = Field(ReturnParams(), description="Returns over several horizons.")
    volatility: VolatilityParams = Field(VolatilityParams(), description="Realised and range-based volatility.")
    statistics: StatisticsParams = Field(StatisticsParams(), description="Rolling statistics of prices and returns.")
    technical: TechnicalParams = Field(TechnicalParams(), description="Indicators of technical analysis.")
    flow: FlowParams = Field(FlowParams(), description="Order flow of the bars.")
    spread: SpreadParams = Field(SpreadParams(), description="Spread and quoted sizes, for quotes.")
    time: TimeParams = Field(TimeParams(), description="Time of day, day of the week, and place in the session.")
    slower: list[Kind] = Field(
        [],
        description="Other types of bars.types whose returns, volatility and technical features are added, of the last "
        "bar known at the close, with the type before their names: time_log_return_1.",
    )
    exclude: list[str] = Field([], description="Features to leave out, by name.")

    @field_validator("slower")
    @classmethod
    def _each_once(cls, kinds: list[Kind]) -> list[Kind]:
        if len({*kinds}) < len(kinds):
            raise ValueError("must name each type once")
        return kinds

    def others(self, main: Kind, types: Iterable[Kind]) -> list[Kind]:
        """Return the types of ``slower``, checked against the bars that are built.

        Raises
        ------
        ParamsError
            If one is the main type, or is not built.
        """
        known = [kind for kind in types if kind != main]
        for kind in self.slower:
            if kind not in known:
                remedy = "add it to bars.types" if kind != main else "take it out: its features are there already"
                found = f"{kind}, of {', '.join(known) or 'none'}"
                raise ParamsError(
                    "features.slower", "must name types of bars.types other than bars.main", found, remedy
                )
        return self.slower
