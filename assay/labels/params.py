"""The ``labels`` block: when to decide, and where the barriers are."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from assay.types import Params


class EventParams(Params):
    """At which bars a decision is taken."""

    method: Literal["every_bar", "cusum"] = Field(
        "every_bar", description="Decide at every bar, or where the symmetric CUSUM filter of log closes fires."
    )
    cusum_threshold: float = Field(
        2.0, gt=0, le=1000, description="Move that fires the filter, in the unit of cusum_unit."
    )
    cusum_unit: Literal["volatility", "log_return"] = Field(
        "volatility", description="Unit of the threshold: standard deviations of the last log returns, or log return."
    )
    volatility_window: int = Field(50, ge=2, le=100_000, description="Log returns in that standard deviation.")


class TripleBarrierParams(Params):
    """Where a trade takes its profit, is stopped, and runs out of time."""

    sizing: Literal["volatility", "atr", "daily", "ticks"] = Field(
        "volatility",
        description="Barrier distances in standard deviations of the last bar moves, in average true ranges, in "
        "standard deviations of the return over one day, or in ticks.",
    )
    tp_sigmas: float = Field(
        3.0, ge=0, le=1000, description="Distance of the profit barrier in that unit, unless in ticks; 0 for none."
    )
    sl_sigmas: float = Field(
        3.0, ge=0, le=1000, description="Distance of the stop barrier in that unit, unless in ticks; 0 for none."
    )
    volatility_window: int = Field(
        50,
        ge=2,
        le=100_000,
        description="Bars in the standard deviation or the average true range; span of the average of daily returns.",
    )
    min_ticks: int = Field(
        1,
        ge=1,
        le=1_000_000,
        description="Smallest distance of a barrier sized by volatility, ticks; distances are rounded to whole ticks.",
    )
    tp_ticks: int = Field(100, ge=0, le=1_000_000, description="Profit barrier of sizing by ticks, ticks; 0 for none.")
    sl_ticks: int = Field(100, ge=0, le=1_000_000, description="Stop barrier of sizing by ticks, ticks; 0 for none.")
    max_horizon_bars: int = Field(
        50, ge=1, le=100_000, description="Bars after the decision at which a trade is left whatever the price."
    )
    min_horizon_bars: int = Field(
        10, ge=1, le=100_000, description="Bars after the decision before which no exit is looked for; 1 for at once."
    )
    touch: Literal["close", "high_low"] = Field(
        "close",
        description="What touches a barrier: a close, then left at the market; or highs and lows, with resting orders.",
    )
    entry: Literal["next_open", "close"] = Field(
        "next_open",
        description="Where a trade enters and is left at the market: the next bar's open, or the close that decides, "
        "which no one gets: for comparisons only.",
    )
    vertical: Literal["sign", "zero"] = Field(
        "sign", description="Label of a trade that ran out of time: the sign of its result, or 0."
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min_horizon_bars > self.max_horizon_bars:
            raise ValueError("min_horizon_bars must not be above max_horizon_bars")
        return self


class WeightParams(Params):
    """What a label counts for in training."""

    scheme: Literal["uniqueness", "equal"] = Field(
        "uniqueness", description="Weigh a label by its average uniqueness among overlapping ones, or all the same."
    )


class LabelParams(Params):
    """From bars to labels."""

    events: EventParams = Field(EventParams(), description="At which bars a decision is taken.")
    triple_barrier: TripleBarrierParams = Field(
        TripleBarrierParams(), description="Where a trade takes its profit, is stopped, and runs out of time."
    )
    weights: WeightParams = Field(WeightParams(), description="What a label counts for in training.")
