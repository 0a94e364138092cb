"""What a fill costs beside its price: half the spread, slippage, a commission."""

from __future__ import annotations

from typing import NamedTuple

from numba import njit

from assay.market.costs import Costs
from assay.market.instruments import Instrument


class Terms(NamedTuple):
    """Terms of a fill, as compiled code takes them.

    Parameters
    ----------
    multiplier
        Currency units that one lot gains when the price rises by 1.
    slippage
        Lost at each fill at the market, price units.
    fee_per_lot
        Commission per lot and side, currency of the profit.
    fee_fraction
        Commission per side, as a fraction of the value traded.
    """

    multiplier: float
    slippage: float
    fee_per_lot: float
    fee_fraction: float


def terms(costs: Costs, instrument: Instrument) -> Terms:
    """Return the terms of an instrument; its spread is a matter of each bar."""
    return Terms(instrument.multiplier, costs.slippage, costs.fee_per_lot, costs.fee_fraction)


@njit(cache=True)
def fill_costs(price: float, lots: float, spread: float, slippage: float, terms: Terms) -> tuple[float, float, float]:
    """Return spread, slippage and commission of one fill, currency of the profit, each >= 0.

    Parameters
    ----------
    price
        Price of the fill before costs, taken for the middle of the market.
    lots
        Size, > 0.
    spread
        Ask - bid at the fill, price units; half of it is paid.
    slippage
        Lost beyond that, price units: ``terms.slippage`` at the market, 0 for an order resting at its price.
    terms
        See Terms.
    """
    per_point = lots * terms.multiplier
    fee = lots * terms.fee_per_lot + price * per_point * terms.fee_fraction
    return 0.5 * spread * per_point, slippage * per_point, fee
