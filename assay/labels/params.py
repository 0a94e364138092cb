"""The ``labels`` block: when to decide, where the barriers are, what is the label, what it weighs."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from assay.types import Params


class EventParams(Params):
    """At which bars a decision is taken."""

    method: Literal["every_bar", "cusum", "clock", "session_open", "breakout", "cross", "bands"] = Field(
        "every_bar",
        description="Decide at every bar; where the symmetric CUSUM filter of log closes fires; at the first bar of "
        "every period of the clock; once after a session opens; where a close leaves the range of the bars before it; "
        "where two averages of closes cross; where a close leaves the Bollinger bands. The last three have a side: "
        "with the breakout, with the faster average, against the move out of the bands.",
    )
    cusum_threshold: float = Field(
        2.0, gt=0, le=1000, description="Move that fires the filter, in the unit of cusum_unit."
    )
    cusum_unit: Literal["volatility", "log_return"] = Field(
        "volatility", description="Unit of the threshold: standard deviations of the last log returns, or log return."
    )
    volatility_window: int = Field(50, ge=2, le=100_000, description="Log returns in that standard deviation.")
    clock_minutes: float = Field(
        60.0, gt=0, le=1_000_000, description="Period of method clock, minutes; periods are counted from 1970 UTC."
    )
    open_minutes: float = Field(
        0.0,
        ge=0,
        le=1440,
        description="Of method session_open: minutes after the first tick of a session from which its first bar to "
        "close decides; 0 for the first bar of the session.",
    )
    window: int = Field(20, ge=2, le=100_000, description="Bars in the range of breakout and in the bands.")
    band_sigmas: float = Field(
        2.0, gt=0, le=100, description="Half the width of the bands, standard deviations of the closes in them."
    )
    fast_window: int = Field(24, ge=1, le=100_000, description="Bars in the faster average of method cross.")
    slow_window: int = Field(120, ge=2, le=100_000, description="Bars in the slower average of method cross.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.fast_window >= self.slow_window:
            raise ValueError("fast_window must be below slow_window")
        return self


class TripleBarrierParams(Params):
    """Where a trade takes its profit, is stopped, and runs out of time."""

    sizing: Literal["volatility", "atr", "daily", "spread", "ticks"] = Field(
        "volatility",
        description="Barrier distances in standard deviations of the last bar moves, in average true ranges, in "
        "standard deviations of the return over one day, in mean spreads of the bar that decides, or in ticks.",
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
        description="Smallest distance of a barrier, unless sized by ticks, in ticks; distances are whole ticks.",
    )
    tp_ticks: int = Field(100, ge=0, le=1_000_000, description="Profit barrier of sizing by ticks, ticks; 0 for none.")
    sl_ticks: int = Field(100, ge=0, le=1_000_000, description="Stop barrier of sizing by ticks, ticks; 0 for none.")
    max_horizon_bars: int = Field(
        50, ge=1, le=100_000, description="Bars after the decision at which a trade is left whatever the price."
    )
    min_horizon_bars: int = Field(
        10, ge=1, le=100_000, description="Bars after the decision before which no exit is looked for; 1 for at once."
    )
    session_exit_minutes: float = Field(
        0.0,
        ge=0,
        le=1440,
        description="Leave at the first bar that closes this many minutes before the end of the session or later, by "
        "the market's hours and its exchange's early closes, and decide nothing from then to that end; 0 to hold on.",
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


class TrendParams(Params):
    """The regressions of trend scanning: prices on time, from the decision on."""

    min_bars: int = Field(5, ge=3, le=100_000, description="Closes in the shortest regression, the decision's with it.")
    max_bars: int = Field(20, ge=3, le=100_000, description="Closes in the longest regression, the decision's with it.")
    min_t_value: float = Field(
        0.0,
        ge=0,
        le=1000,
        description="Smallest t-value of a slope, whatever its sign, that is a trend; below it is 0.",
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min_bars > self.max_bars:
            raise ValueError("min_bars must not be above max_bars")
        return self


class WeightParams(Params):
    """What a label counts for in training."""

    scheme: Literal["uniqueness", "return", "equal"] = Field(
        "uniqueness",
        description="Weigh a label in training by its average uniqueness among those that train, by the absolute log "
        "return that falls to it, or all the same. In calibration and tests it counts by its uniqueness, whatever this "
        "says.",
    )


class LabelParams(Params):
    """From bars to labels."""

    events: EventParams = Field(EventParams(), description="At which bars a decision is taken.")
    method: Literal["triple_barrier", "fixed_horizon", "trend_scanning"] = Field(
        "triple_barrier",
        description="What tells the direction: the barrier that a long trade touches first; its result after "
        "max_horizon_bars, without barriers; or the slope of prices with the largest t-value, trades as before.",
    )
    triple_barrier: TripleBarrierParams = Field(
        TripleBarrierParams(), description="Where a trade takes its profit, is stopped, and runs out of time."
    )
    dead_zone: float = Field(
        0.0,
        ge=0,
        le=1000,
        description="Of method fixed_horizon: move up to which the label is 0, in the unit of triple_barrier.sizing.",
    )
    trend: TrendParams = Field(TrendParams(), description="The regressions of method trend_scanning.")
    net_of_costs: bool = Field(
        default=False, description="Add the outcome of either side after the costs of a round trip, as columns."
    )
    weights: WeightParams = Field(WeightParams(), description="What a label counts for in training.")
