"""How the trades of many events end: where the first barrier is touched, and at which price that is left."""

from __future__ import annotations

import numpy as np
from numba import njit

from assay.labels.barriers import OPEN, SL, TP, VERTICAL, ExitRules, filled, touched
from assay.labels.touches import LANES, Prices, touches
from assay.types import Floats, Ints, Signs

UNLIMITED: Ints = np.empty(0, np.int64)
"""No trade has to end before its horizon does."""


def leave_all(
    open_: Floats,
    high: Floats,
    low: Floats,
    close: Floats,
    events: Ints,
    side: int,
    tp: Floats,
    sl: Floats,
    rules: ExitRules,
    limit: Ints,
) -> tuple[Ints, Floats, Signs]:
    """Return how the trades decided at the closes of some bars end.

    Parameters
    ----------
    open_, high, low, close
        Bars, shape (n,).
    events
        The deciding bars, rising, shape (k,).
    side
        +1 long, -1 short.
    tp, sl
        Distances of the barriers from the entry price, price units, shape (k,); infinite if there is none.
    rules
        See ExitRules.
    limit
        For every bar the first one after it at whose close no trade may be kept, ``n`` if the data hold none, shape
        (n,); or UNLIMITED.

    Returns
    -------
    tuple[Ints, Floats, Signs]
        Ordinals of the bars in which the trades are filled out, exit prices and reasons, each of shape (k,); -1, NaN
        and OPEN where the data end first.

    Notes
    -----
    Triple barrier of AFML 3.4. Looked at are bars ``i + min_horizon`` to ``i + max_horizon``, the last one included
    (from ``i + 1`` on at the earliest); a touch on it goes before the vertical barrier. Deviations: a touch is ``>=``,
    not ``>``; a stop never fills better than the next price to be had, since on a martingale no rule may earn
    anything; what the data do not decide has no outcome, instead of the last close.
    """
    out = np.empty(events.size, np.int64), np.empty(events.size), np.empty(events.size, np.int8)
    _leave_all(Prices(open_, high, low, close), events, side, tp, sl, rules, limit, *out)
    return out


@njit(cache=True)
def leave(
    open_: Floats, high: Floats, low: Floats, close: Floats, i: int, side: int, tp: float, sl: float, rules: ExitRules
) -> tuple[int, float, int]:
    """Return how one trade, decided at the close of bar ``i``, ends: ``leave_all`` of one event, for compiled code."""
    at, tps, sls, limit = np.full(1, i), np.full(1, tp), np.full(1, sl), np.empty(0, np.int64)
    ends, prices, reasons = np.empty(1, np.int64), np.empty(1), np.empty(1, np.int8)
    bars = Prices(open_, high, low, close)
    _leave_all(bars, at, side, tps, sls, rules, limit, ends, prices, reasons)
    return ends[0], prices[0], reasons[0]


@njit(cache=True)
def _leave_all(
    bars: Prices,
    events: Ints,
    side: int,
    tp: Floats,
    sl: Floats,
    rules: ExitRules,
    limit: Ints,
    ends: Ints,
    prices: Floats,
    reasons: Signs,
) -> None:
    """Write how trades end, some of them at a time."""
    entry, up, down = np.empty(LANES), np.empty(LANES), np.empty(LANES)
    stop, age = np.empty(LANES, np.int64), np.empty(LANES, np.int64)
    for first in range(0, events.size, LANES):
        some = slice(first, min(first + LANES, events.size))
        at, tps, sls = events[some], tp[some], sl[some]
        touches(bars, at, side, tps, sls, rules, limit, entry, up, down, stop, age)
        out = ends[some], prices[some], reasons[some]
        if rules.resting:
            _resting(bars, at, side, tps, sls, rules, entry, stop, age, *out)
        else:
            _at_market(bars.close if rules.at_close else bars.open, at, side, rules, stop, age, *out)


@njit(cache=True)
def _at_market(
    fill: Floats,
    at: Ints,
    side: int,
    rules: ExitRules,
    stop: Ints,
    age: Ints,
    ends: Ints,
    prices: Floats,
    reasons: Signs,
) -> None:
    """Write the exits of trades that are left at the market, after the touch of a close or when their time is up."""
    above, below = (TP - VERTICAL, SL - VERTICAL) if side > 0 else (SL - VERTICAL, TP - VERTICAL)
    later, last = 0 if rules.at_close else 1, fill.size - 1
    for k in range(at.size):
        ends[k] = at[k] + later + (abs(age[k]) if age[k] else stop[k])
        prices[k] = fill[min(ends[k], last)]
        reasons[k] = VERTICAL + (age[k] > 0) * above + (age[k] < 0) * below
    for k in range(at.size if at[-1] + later + rules.max_horizon > last else 0):
        if ends[k] > last:
            ends[k], prices[k], reasons[k] = -1, np.nan, OPEN


@njit(cache=True)
def _resting(
    bars: Prices,
    at: Ints,
    side: int,
    tp: Floats,
    sl: Floats,
    rules: ExitRules,
    entry: Floats,
    stop: Ints,
    age: Ints,
    ends: Ints,
    prices: Floats,
    reasons: Signs,
) -> None:
    """Write the exits of trades with resting orders."""
    open_, high, low, close = bars
    for k in range(at.size):
        j = at[k] + (abs(age[k]) if age[k] else stop[k])
        reason, gap = VERTICAL if j < close.size else OPEN, False
        if age[k]:
            reason, gap = touched(open_[j], high[j], low[j], close[j], entry[k], side, tp[k], sl[k], rules)
        if gap:
            ends[k], prices[k], reasons[k] = j, open_[j], reason
        elif reason == OPEN:
            ends[k], prices[k], reasons[k] = -1, np.nan, OPEN
        else:
            ends[k], prices[k], reasons[k] = filled(open_, close, j, reason, entry[k], side, tp[k], sl[k], rules)
