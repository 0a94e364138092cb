"""What trading costs: the spread, slippage, and commissions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from assay.market.instruments import Instrument
from assay.types import Floats, Params

BPS = 1e-4
Cost = Annotated[float, Field(ge=0, le=1e6)]


class CostParams(Params):
    """The ``costs`` block: what a round trip costs, in thresholds and the backtest."""

    spread_ticks: Cost | Literal["auto"] = Field(
        "auto",
        description='Ask - bid in ticks at every trade; "auto": the quotes\' own where there are quotes, else the '
        "instrument's usual spread. Half of it is paid on entering, half on leaving.",
    )
    slippage_ticks: Cost = Field(
        0.0, description="Ticks lost at each fill of a market order or stop, beyond the spread, per side."
    )
    fee_per_lot: Cost | Literal["auto"] = Field(
        "auto", description='Commission per lot and side, currency of the profit; "auto": the instrument\'s.'
    )
    fee_bps: Cost | Literal["auto"] = Field(
        "auto",
        description='Commission per side in basis points (1/100 %) of the value traded; "auto": the instrument\'s.',
    )


@dataclass(frozen=True)
class Costs:
    """Costs in the units of the price and of the profit.

    Parameters
    ----------
    spread
        Ask - bid, price units, where ``quoted`` is false or the data hold no quote.
    quoted
        Whether the spread of the data goes before ``spread``.
    slippage
        Lost at each fill, price units.
    fee_per_lot
        Commission per lot and side, currency of the profit.
    fee_fraction
        Commission per side, as a fraction of the value traded.
    """

    spread: float
    quoted: bool
    slippage: float
    fee_per_lot: float
    fee_fraction: float


def resolve(params: CostParams, instrument: Instrument) -> Costs:
    """Return the costs of an instrument: its own where the parameters say ``auto``."""
    quoted = params.spread_ticks == "auto"
    return Costs(
        spread=_own(params.spread_ticks, instrument.spread_ticks) * instrument.tick_size,
        quoted=quoted,
        slippage=params.slippage_ticks * instrument.tick_size,
        fee_per_lot=_own(params.fee_per_lot, instrument.fee_per_lot),
        fee_fraction=_own(params.fee_bps, instrument.fee_bps) * BPS,
    )


def spread_of(costs: Costs, spread: Floats) -> Floats:
    """Return ask - bid at each trade, price units.

    Parameters
    ----------
    costs
        The resolved costs.
    spread
        Ask - bid of the data, price units, shape (n,); NaN where only trades are known.

    Returns
    -------
    Floats
        The data's spread where it is finite and the costs let it stand, else the fixed one, shape (n,).
    """
    return np.where(costs.quoted & np.isfinite(spread), spread, costs.spread)


def round_trip(costs: Costs, instrument: Instrument, price: Floats, spread: Floats) -> Floats:
    """Return the whole cost of entering and leaving one lot, as a fraction of the price.

    Parameters
    ----------
    costs
        The resolved costs.
    instrument
        Its multiplier turns the fee per lot into a fraction of the value.
    price
        Price traded at, shape (n,).
    spread
        Ask - bid of the data, price units, shape (n,); NaN where only trades are known.

    Notes
    -----
    ``(spread + 2 slippage + 2 fee_per_lot / multiplier) / price + 2 fee_fraction``: half the spread, the slippage and
    the commission are paid on each side, the second side at the same price.
    """
    per_unit = spread_of(costs, spread) + 2.0 * (costs.slippage + costs.fee_per_lot / instrument.multiplier)
    return per_unit / price + 2.0 * costs.fee_fraction


def _own(given: float | Literal["auto"], own: float) -> float:
    return own if given == "auto" else given
