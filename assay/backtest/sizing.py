"""How many lots a decision may trade, and whether it may trade at all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from assay.backtest.params import BacktestParams
from assay.market.instruments import Instrument


class Sizing(NamedTuple):
    """Sizing and limits, as compiled code takes them; amounts in the currency of the profit, sizes in lots."""

    capital: float
    by_risk: bool
    lots: float
    risk_fraction: float
    smallest: float
    multiplier: float
    max_trades_per_session: int
    max_session_loss: float


def sizing(params: BacktestParams, instrument: Instrument) -> Sizing:
    """Return the sizing of an instrument."""
    return Sizing(
        params.capital,
        params.sizing == "risk",
        params.lots,
        params.risk_fraction,
        instrument.lot,
        instrument.multiplier,
        params.max_trades_per_session,
        params.max_session_loss,
    )


@njit(cache=True)
def lots_for(equity: float, sl: float, sizing: Sizing) -> float:
    """Return the lots to trade, a multiple of the smallest size; 0 where that is too much or there is no stop.

    Parameters
    ----------
    equity
        Realised net equity at the decision, currency of the profit.
    sl
        Distance of the stop from the entry price, price units; infinite if there is none.
    sizing
        See Sizing.

    Notes
    -----
    By risk: ``risk_fraction * equity / (sl * multiplier)``, fixed fractional sizing; a gap through the stop loses more.
    A size that falls short of a multiple by a billionth of it counts as that multiple.
    """
    wanted = sizing.lots
    if sizing.by_risk:
        wanted = sizing.risk_fraction * max(equity, 0.0) / (sl * sizing.multiplier) if sl > 0.0 else 0.0
    return np.floor(wanted / sizing.smallest * (1.0 + 1e-9)) * sizing.smallest
