"""The ``features`` block: which groups there are, and which features of them are kept."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field, field_validator

from assay.bars.params import Kind
from assay.errors import ParamsError
from assay.features.params.book import BookParams
from assay.features.params.cross import CrossParams
from assay.features.params.derivatives import DerivativesParams
from assay.features.params.memory import EntropyParams, MemoryParams, VariationParams
from assay.features.params.microstructure import MicrostructureParams
from assay.features.params.prices import (
    LevelParams,
    ReturnParams,
    SimpleParams,
    StatisticsParams,
    TechnicalParams,
    VolatilityParams,
)
from assay.features.params.ta import TaParams
from assay.features.params.time import CalendarParams, ClockParams, TimeParams
from assay.features.params.trading import FlowParams, SpreadParams
from assay.types import Params


class FeatureParams(Params):
    """The ``features`` block: groups of causal features, your own ones, and which of them are kept."""

    returns: ReturnParams = Field(ReturnParams(), description="Returns over several horizons.")
    volatility: VolatilityParams = Field(VolatilityParams(), description="Realised and range-based volatility.")
    statistics: StatisticsParams = Field(StatisticsParams(), description="Rolling statistics of prices and returns.")
    technical: TechnicalParams = Field(TechnicalParams(), description="Indicators of technical analysis.")
    flow: FlowParams = Field(FlowParams(), description="Order flow of the bars.")
    spread: SpreadParams = Field(SpreadParams(), description="Spread and quoted sizes, for quotes.")
    time: TimeParams = Field(TimeParams(), description="Time of day, day of the week, and place in the session.")
    simple: SimpleParams = Field(SimpleParams(), description="Simple returns, their sign and variance.")
    levels: LevelParams = Field(LevelParams(), description="Averages, bands and ranges in quote currency.")
    clock: ClockParams = Field(ClockParams(), description="Hour and day of the week as plain numbers.")
    ta: TaParams = Field(TaParams(), description="Over a hundred indicators of technical analysis, through TA-Lib.")
    microstructure: MicrostructureParams = Field(
        MicrostructureParams(), description="Price impact, spreads out of prices, signed flow, spread and depth."
    )
    derivatives: DerivativesParams = Field(
        DerivativesParams(), description="Funding, open interest, basis, liquidations, long/short ratios."
    )
    cross: CrossParams = Field(CrossParams(), description="What other markets did.")
    entropy: EntropyParams = Field(EntropyParams(), description="Entropies of the last returns.")
    memory: MemoryParams = Field(
        MemoryParams(), description="Fractional differences, variance ratios, Hurst exponents, autocorrelations."
    )
    variation: VariationParams = Field(
        VariationParams(), description="Yang-Zhang volatility, and the parts of variance: jumps, falls and rises."
    )
    calendar: CalendarParams = Field(
        CalendarParams(), description="Holidays and early closes of the exchange, place in month and year."
    )
    book: BookParams = Field(
        BookParams(), description="Imbalance, micro-price, depth, slope and cost of order books of many levels."
    )
    module: str = Field(
        "",
        pattern=r"^(own(\.[A-Za-z_][A-Za-z0-9_]*)+)?$",
        description="Your own features: a module of the folder own, such as own.features, with a function features() "
        "that returns them as a list; empty = none. `assay features check` holds them to the laws.",
    )
    slower: list[Kind] = Field(
        [],
        description="Other types of bars.types whose returns, volatility and technical features are added, of the last "
        "bar known at the close, with the type before their names: time_log_return_1.",
    )
    only: list[str] = Field(
        [], description="Features to keep, by name, of the groups that are on; the others are not built. None = all."
    )
    exclude: list[str] = Field([], description="Features to leave out, by name.")

    @field_validator("slower", "only")
    @classmethod
    def _each_once(cls, names: list[str]) -> list[str]:
        if len({*names}) < len(names):
            raise ValueError("must name each one once")
        return names

    @property
    def markets(self) -> list[str]:
        """Symbols of the other markets whose bars are read."""
        return self.cross.symbols if self.cross.enabled else []

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
