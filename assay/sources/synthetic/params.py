"""The ``data.synthetic`` block: a market of quotes whose truth is known."""

from __future__ import annotations

from datetime import date

from pydantic import Field, model_validator

from assay.errors import ParamsError
from assay.sources.moments import YEARS, Day
from assay.types import Params


class SyntheticParams(Params):
    """A market of quotes with regimes, spread, microstructure noise and, if wanted, a planted signal.

    Moves are given in ticks of the instrument at the starting price; the price moves by returns, so they scale with it.
    With `signal_correlation` and `drift_ticks` 0 nothing can be earned here.
    """

    n_ticks: int = Field(
        500_000,
        gt=0,
        le=10_000_000_000,
        description="Number of quotes. A longer market begins with the quotes of a shorter one.",
    )
    seed: int = Field(
        1, ge=0, description="Number of the market: the same seed gives the same quotes, on every machine."
    )
    first_day: Day = Field("2024-01-01", description="First day, UTC. The market is open all of Monday to Friday.")
    seconds_per_tick: float = Field(
        1.0,
        ge=0.001,
        le=604_800,
        description="Mean time between quotes, seconds; the times are exponential, in whole ms.",
    )
    start_price_ticks: float = Field(
        8000.0, ge=100, le=1_000_000_000, description="Price before the first quote, ticks (8000 of 0.25 are 2000)."
    )
    volatility_ticks: list[float] = Field(
        [0.06, 0.1, 0.2],
        min_length=1,
        description="Per regime: standard deviation of the move from quote to quote, ticks.",
    )
    drift_ticks: list[float] = Field(
        [0.0, 0.0, 0.0], min_length=1, description="Per regime: mean move from quote to quote, ticks."
    )
    spread_ticks: list[int] = Field([1, 1, 2], min_length=1, description="Per regime: ask - bid, whole ticks.")
    transition: list[list[float]] = Field(
        [[0.9998, 0.0001, 0.0001], [0.0001, 0.9998, 0.0001], [0.0001, 0.0001, 0.9998]],
        min_length=1,
        description="Row i, column j: probability that regime i is followed by regime j at the next quote. The market "
        "starts in the first.",
    )
    noise_ticks: float = Field(
        0.25,
        ge=0,
        description="Standard deviation of the noise between the quoted and the true mid price, ticks: the bounce.",
    )
    depth: float = Field(
        100.0, ge=0.0001, le=1_000_000_000_000, description="Mean size on each side, units of the instrument."
    )
    signal_correlation: float = Field(
        0.0,
        ge=-1,
        le=1,
        description="Correlation, within a regime, of the imbalance of the quoted sizes with the return of the true "
        "mid price over the next signal_horizon_ticks quotes; 0 plants nothing.",
    )
    signal_horizon_ticks: int = Field(
        100, ge=1, le=1_000_000, description="Quotes over which the planted correlation is measured."
    )
    signal_lifetime_ticks: float = Field(
        100.0,
        ge=1,
        le=1_000_000,
        description="Quotes that the signal lasts: its autocorrelation from quote to quote is 1 - 1 / lifetime.",
    )

    @model_validator(mode="after")
    def _regimes_agree(self) -> SyntheticParams:
        n_regimes = len(self.volatility_ticks)
        sizes = [len(self.drift_ticks), len(self.spread_ticks), len(self.transition), *map(len, self.transition)]
        if any(size != n_regimes for size in sizes):
            remedy = "give drift_ticks, spread_ticks and the rows and columns of transition as many"
            raise ParamsError(
                "data.synthetic", f"volatility_ticks names {n_regimes} regimes", f"lengths {sizes}", remedy
            )
        return self

    @model_validator(mode="after")
    def _values_possible(self) -> SyntheticParams:
        for row in self.transition:
            if min(row) < 0 or abs(sum(row) - 1) > 1e-9:  # noqa: PLR2004 - decimal rows sum to 1 up to rounding
                raise ParamsError(
                    "data.synthetic.transition", "rows are probabilities that sum to 1", row, "mend the row"
                )
        if min(self.spread_ticks) < 0 or max(self.spread_ticks) > self.start_price_ticks / 10:
            raise ParamsError(
                "data.synthetic.spread_ticks", "0 or more, 10 % of the price at most", self.spread_ticks, "mend them"
            )
        moves = [*self.volatility_ticks, *map(abs, self.drift_ticks), self.noise_ticks]
        if min(self.volatility_ticks) < 0 or max(moves) > self.start_price_ticks / 100:
            remedy = "make the moves smaller or start_price_ticks larger"
            raise ParamsError("data.synthetic", "moves and noise lie between 0 and 1 % of the price", moves, remedy)
        return self

    @model_validator(mode="after")
    def _ends_in_time(self) -> SyntheticParams:
        open_days = (2 * self.n_ticks + 100) * self.seconds_per_tick / 86_400  # chance does not double the mean time
        if date.fromisoformat(self.first_day).toordinal() + 7 / 5 * open_days > date(YEARS.stop, 1, 1).toordinal():
            found = f"{self.n_ticks} of {self.seconds_per_tick} s from {self.first_day}"
            remedy = "lower n_ticks or seconds_per_tick"
            raise ParamsError("data.synthetic", f"twice the ticks must fit before {YEARS.stop}", found, remedy)
        return self
