"""Rules that give a side: an event where one begins to say long (+1) or short (-1), 0 at all other bars.

Each tells from the closes up to a bar and the bar before; a rule that goes on saying the same is no new event.
"""

from __future__ import annotations

import numpy as np

from assay.stats.rolling import highest, lagged, lowest, mean, std
from assay.types import Flags, Floats, Signs

_ROUNDING = 1e-13
"""Share of a mean of prices up to which it equals another price: decimals that binary cannot hold stray so far."""


def breakout(high: Floats, low: Floats, close: Floats, window: int) -> Signs:
    """Return +1 where a close first lies above the highest high of the ``window`` bars before it, -1 below the lowest.

    The channel of Donchian (1960, *Commodities*), traded with the breakout as in the Turtle rules.
    """
    top, bottom = lagged(highest(high, window), 1), lagged(lowest(low, window), 1)
    return _begins(close > top, close < bottom)


def cross(close: Floats, fast: int, slow: int) -> Signs:
    """Return +1 where the mean of the last ``fast`` closes rises above that of the last ``slow`` ones, -1 below it.

    The trend following of AFML, exercise 3.4. Two equal means change nothing; the first bar with both is no crossing.
    """
    level = mean(close, slow)
    gap = mean(close, fast) - level
    state = _kept(np.where(np.abs(gap) > _ROUNDING * level, np.sign(gap), 0.0).astype(np.int8))
    before = np.append(np.int8(0), state[:-1])[: state.size]
    return np.where((state != before) & (before != 0), state, 0).astype(np.int8)


def bands(close: Floats, window: int, sigmas: float) -> Signs:
    """Return -1 where a close first lies above the upper Bollinger band, +1 where it first lies below the lower one.

    Mean and population deviation of the last ``window`` closes, this one included (Bollinger 2001, *Bollinger on
    Bollinger Bands*); the side is against the move, as in AFML, exercise 3.5.
    """
    centre = mean(close, window)
    width = sigmas * std(close, window, ddof=0) + _ROUNDING * centre
    return _begins(close < centre - width, close > centre + width)


def _begins(long: Flags, short: Flags) -> Signs:
    """Return +1 and -1 at the first bar of each run of long or short."""
    side = long.astype(np.int8) - short.astype(np.int8)
    before = np.append(np.int8(0), side[:-1])[: side.size]
    return np.where(side != before, side, 0).astype(np.int8)


def _kept(sign: Signs) -> Signs:
    """Return the signs with every 0 replaced by the one before it."""
    last = np.maximum.accumulate(np.where(sign != 0, np.arange(sign.size), 0))
    return sign[last]
