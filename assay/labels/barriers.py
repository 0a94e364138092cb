"""How a trade between two barriers ends: the one kernel of labels and backtest."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from assay.labels.params import TripleBarrierParams
from assay.types import Floats

OPEN, TP, SL, BOTH, VERTICAL = -1, 0, 1, 2, 3
"""How a trade ended: not yet, or the codes of ``tables.labels.EXITS`` in their order."""


class ExitRules(NamedTuple):
    """What the exit kernel is told besides prices and barriers; compiled code takes it as it is.

    Parameters
    ----------
    min_horizon
        Bars after the decision before which no exit is looked for; 1 looks at every bar.
    max_horizon
        Bars after the decision at which the trade is left, whatever the price.
    at_close
        Enter and leave at the close of the bar that decides, instead of at the next open.
    resting
        Barriers are orders that rest in the market and are touched by highs and lows, instead of by closes.
    tolerance
        Price units by which a barrier may be missed and still count as touched, for decimals that binary cannot hold.
    """

    min_horizon: int
    max_horizon: int
    at_close: bool
    resting: bool
    tolerance: float


def exit_rules(params: TripleBarrierParams, tick_size: float) -> ExitRules:
    """Return the rules that the parameters ask for; a barrier may be missed by a millionth of a tick."""
    return ExitRules(
        params.min_horizon_bars,
        params.max_horizon_bars,
        params.entry == "close",
        params.touch == "high_low",
        1e-6 * tick_size,
    )


@njit(cache=True)
def touched(
    open_: float, high: float, low: float, close: float, entry: float, side: int, tp: float, sl: float, rules: ExitRules
) -> tuple[int, bool]:
    """Return what one bar touches (OPEN if nothing) and whether its open was there already.

    ``side`` is +1 or -1; ``tp`` and ``sl`` are distances from ``entry``, infinite if there is no such barrier. A move
    of exactly the distance touches. A bar that opens between resting orders and reaches both is BOTH; one that opens
    beyond a resting order fills it at that open.
    """
    profit, loss = tp - rules.tolerance, sl - rules.tolerance
    last = open_ if rules.resting else close
    move = side * (last - entry)
    if move >= profit:
        return TP, rules.resting
    if -move >= loss:
        return SL, rules.resting
    if not rules.resting:
        return OPEN, False
    best, worst = (high - entry, low - entry) if side > 0 else (entry - low, entry - high)
    if best >= profit and -worst >= loss:
        return BOTH, False
    if best >= profit:
        return TP, False
    return (SL, False) if -worst >= loss else (OPEN, False)


@njit(cache=True)
def filled(
    open_: Floats, close: Floats, j: int, reason: int, entry: float, side: int, tp: float, sl: float, rules: ExitRules
) -> tuple[int, float, int]:
    """Return (ordinal, price, reason) of the exit that bar ``j`` asks for; OPEN if its fill lies past the data.

    Market exits fill at the next open, or at the close of ``j`` with ``rules.at_close``. A resting profit order fills
    at its barrier, a resting stop at the worse of its barrier and the next open.
    """
    stop = rules.resting and (reason in (SL, BOTH))
    if rules.resting and reason == TP:
        return j, entry + side * tp, reason
    if rules.at_close and not stop:
        return j, close[j], reason
    if j + 1 >= open_.size:
        return -1, np.nan, OPEN
    price = open_[j + 1]
    if stop:
        barrier = entry - side * sl
        price = min(price, barrier) if side > 0 else max(price, barrier)
    return j + 1, price, reason


@njit(cache=True)
def entry_price(open_: Floats, close: Floats, i: int, rules: ExitRules) -> float:
    """Return the price at which a trade decided at the close of bar ``i`` enters; NaN past the data."""
    if rules.at_close:
        return close[i]
    return open_[i + 1] if i + 1 < open_.size else np.nan
