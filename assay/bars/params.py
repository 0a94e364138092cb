"""The ``bars`` block: how ticks or OHLCV rows become bars."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from assay.bars.bounds import ExpectationParams, GateParams
from assay.market.actions import Adjustment
from assay.market.instruments import SYMBOL
from assay.market.rolls import RollAdjustment, RollRule
from assay.market.zones import DAY_NS
from assay.types import Params

Kind: TypeAlias = Literal[
    "time",
    "tick",
    "volume",
    "dollar",
    "tick_imbalance",
    "volume_imbalance",
    "dollar_imbalance",
    "tick_run",
    "volume_run",
    "dollar_run",
]
"""What is counted until a bar is full: seconds, ticks, units traded, or price times units; of imbalance bars what was
bought less what was sold, of run bars the larger of the two, until it is more than expected."""


def _as_text(day: object) -> object:
    """Return YAML's unquoted date as text again."""
    return day.isoformat() if isinstance(day, date) else day


def _refuse_no_day(day: str, rule: str) -> None:
    try:
        date.fromisoformat(day)
    except ValueError:
        raise ValueError(f"{rule}, not {day}") from None


def _day_or_all(day: str) -> str:
    if day != "all":
        _refuse_no_day(day, "must be an ISO date, such as 2014-03-21, or all")
    return day


def days_from_epoch(day: str) -> int:
    """Return an ISO date as days since 1970-01-01."""
    return (date.fromisoformat(day) - date(1970, 1, 1)).days


def end_ns(day: str) -> int:
    """Return the last instant of an ISO date, UTC, ns since 1970-01-01; of ``all`` the last there is."""
    return 2**63 - 1 if day == "all" else (days_from_epoch(day) + 1) * DAY_NS - 1


Day: TypeAlias = Annotated[str, BeforeValidator(_as_text)]
"""An ISO date, with or without quotes in YAML."""

DayOrAll: TypeAlias = Annotated[Day, AfterValidator(_day_or_all)]


class RollParams(Params):
    """Contracts of a future that are joined into one continuous market."""

    contracts: dict[Annotated[str, Field(pattern=SYMBOL)], Day] = Field(
        {},
        description="Contracts that make up the market, each with its last trading day, ISO date, such as ESH4: "
        "2014-03-21; list them in data.symbols too. None = instrument.symbol is what was fetched.",
    )
    rule: RollRule = Field(
        "days_before_expiry",
        description="When the next contract is taken: days before the expiry of the one held, or from the session "
        "after the one in which its volume or open interest is the larger; open interest needs a feed in data.more.",
    )
    days_before_expiry: int = Field(
        8, ge=0, le=365, description="Only for that rule: calendar days; 8 before a Friday is Thursday of last week."
    )
    adjustment: RollAdjustment = Field(
        "difference",
        description="What is done to prices before a roll: difference adds the step between the contracts, so that "
        "profits in points are a holder's; ratio multiplies, so that returns are; none leaves them, and whatever "
        "spans a roll earns a step that nobody earned. What rolling costs is in none of them.",
    )
    as_of: DayOrAll = Field(
        "all", description="Last day whose rolls are adjusted for, ISO date, UTC; all = every one in the data."
    )

    @field_validator("contracts")
    @classmethod
    def _have_days(cls, contracts: dict[str, str]) -> dict[str, str]:
        for name, day in contracts.items():
            _refuse_no_day(day, f"the last trading day of {name} must be an ISO date, such as 2014-03-21")
        return contracts

    @property
    def expiries(self) -> dict[str, int]:
        """Last trading day of each contract, days since 1970-01-01."""
        return {name: days_from_epoch(day) for name, day in self.contracts.items()}


class BarsParams(Params):
    """The ``bars`` block: which bars are built, and which of them the model trades on."""

    types: dict[Kind, Annotated[float, Field(gt=0, le=1e12)]] = Field(
        {"tick": 100, "time": 300},
        min_length=1,
        description="Bars to build, by type, with what fills one: time in seconds, tick in whole ticks, volume in "
        "units traded, dollar in price times units (quote currency, without the multiplier); of imbalance and run bars "
        "the ticks that one is expected to hold at first. Of OHLCV rows, time is a whole multiple of data.interval, "
        "and a row counts as its trades, or as 1 tick where they are not given.",
    )
    main: Kind = Field("tick", description="The type of bar that features, labels and the backtest use; one of types.")
    max_tick_share: float = Field(
        0.25, gt=0, le=1, description="Share of all ticks in one bar, as a fraction, above which the bar report warns."
    )
    expectation: ExpectationParams = Field(
        ExpectationParams(), description="What imbalance and run bars expect of the next bar."
    )
    gate: GateParams = Field(GateParams(), description="Which bars are fit to learn from.")
    adjust: Adjustment = Field(
        "none",
        description="Whether prices and sizes before splits, or before splits and dividends, are adjusted for them; "
        "needs a feed of kind actions in data.more.",
    )
    adjust_as_of: DayOrAll = Field(
        "all",
        description="Last day whose splits and dividends count, ISO date, UTC: prices as they were seen at its end; "
        "all = every one that was fetched.",
    )
    roll: RollParams = Field(RollParams(), description="How contracts of a future are joined into one market.")

    @model_validator(mode="after")
    def _ticks_are_whole(self) -> Self:
        if self.types.get("tick", 1.0) % 1.0:
            raise ValueError(f"tick must be a whole number in types, not {self.types['tick']:g}")
        return self

    @model_validator(mode="after")
    def _gate_is_of_types(self) -> Self:
        for kind in self.gate.per_session:
            if kind not in self.types:
                raise ValueError(f"gate.per_session must name types that are built, not {kind}")
        return self

    @model_validator(mode="after")
    def _main_is_built(self) -> Self:
        if self.main not in self.types:
            raise ValueError(f"main must be one of types ({', '.join(self.types)}), not {self.main}")
        return self

    @model_validator(mode="after")
    def _futures_have_no_dividends(self) -> Self:
        if self.roll.contracts and self.adjust != "none":
            raise ValueError("adjust is for shares; with roll.contracts set it to none and choose roll.adjustment")
        return self

    def histories(self, symbol: str) -> list[str]:
        """Return the names of what a market is made of: its contracts, or itself."""
        return list(self.roll.contracts) or [symbol]

    @property
    def context(self) -> Literal["open_interest", "actions"]:
        """What is looked at beside prices."""
        return "open_interest" if self.roll.contracts else "actions"

    @property
    def as_of_ns(self) -> int:
        """Last instant whose actions count, ns since 1970-01-01 UTC."""
        return end_ns(self.adjust_as_of)
