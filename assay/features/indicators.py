"""The indicators of technical analysis, on the columns of the bars.

Recursions and what has a settled implementation go through TA-Lib; what is a plain window is computed on it here,
and agrees with TA-Lib to rounding. TA-Lib answers 0 where an indicator is undefined (0 / 0): those rows are NaN here.
"""

from __future__ import annotations

import numpy as np
import talib

from assay.features.inputs import Inputs
from assay.stats import rolling
from assay.types import Flags, Floats

FADED = 400
"""Bars after which what went before a Wilder average of 14 or an exponential average of 26 is below 1e-6."""
UNDIRECTED = 100
"""Bars without a directional move after which a directional index is undefined: what is left of its averages of 14 is a
thousandth, and soon their ratio is one of what lies before the look-back."""
NO_DIRECTION = "no high rose by more than the low fell, and no low fell by more than the high rose,"
"""Said of bars none of which was :func:`directed`."""


def rsi(x: Inputs, period: int, lookback: int) -> Floats:
    """Return Wilder's relative strength index; NaN where the close stood still for the whole look-back."""
    return rolling.moving(talib.RSI(x.ticks("close"), period), _steps(x.ticks("close")), lookback)


def directional(function: str, x: Inputs, period: int, lookback: int) -> Floats:
    """Return one of Wilder's directional lines.

    NaN where no bar of the look-back had a range; ADX, where none of ``UNDIRECTED`` bars was :func:`directed`.
    """
    values = getattr(talib, function)(x.ticks("high"), x.ticks("low"), x.ticks("close"), period)
    moved, last = (directed(x), UNDIRECTED) if function == "ADX" else (x.true_range > 0.0, lookback)
    return rolling.moving(values, moved, last)


def directed(x: Inputs) -> Flags:
    """Return where a bar has a directional move: its high rose or its low fell, and one by more than the other."""
    high, low = x.ticks("high"), x.ticks("low")
    rise, fall = high - rolling.lagged(high, 1), rolling.lagged(low, 1) - low
    return ((rise > 0.0) | (fall > 0.0)) & (rise != fall)


def macd_lines(x: Inputs) -> tuple[Floats, Floats, Floats]:
    """Return MACD(12, 26, 9) in ticks: the difference, its signal and the histogram."""
    return x.once("macd", lambda: talib.MACD(x.ticks("close"), 12, 26, 9))


def macd(x: Inputs, line: int) -> Floats:
    """Return a line of MACD(12, 26, 9) over the close: 0 the difference, 1 its signal, 2 the histogram."""
    return macd_lines(x)[line] / x.ticks("close")


def atr(x: Inputs, period: int) -> Floats:
    """Return Wilder's average of the true range, ticks."""
    return x.once(f"atr {period}", lambda: talib.ATR(x.ticks("high"), x.ticks("low"), x.ticks("close"), period))


def cci(x: Inputs, period: int) -> Floats:
    """Return the commodity channel index; NaN where the typical price stood still."""
    values = talib.CCI(x.ticks("high"), x.ticks("low"), x.ticks("close"), period)
    return rolling.moving(values, _steps(x.typical), period)


def stochastic(x: Inputs, period: int) -> Floats:
    """Return the fast %K: where the close lies in the range of the window; NaN where that range is 0."""
    return x.once(f"stochastic {period}", lambda: 100.0 * _place(x, period))


def money_flow(x: Inputs, period: int) -> Floats:
    """Return the money flow index; NaN where the typical price stood still or nothing was traded."""
    flow = x.typical * x["volume"] * rolling.direction(x.typical)
    rise = rolling.total(np.maximum(flow, 0.0), period)
    fall = rolling.total(np.maximum(-flow, 0.0), period)
    return 100.0 * rolling.ratio(rise, rise + fall)


def aroon(x: Inputs, period: int) -> Floats:
    """Return Aroon up less Aroon down, the latest of equal extremes; NaN where highs and lows stood still."""
    moved = _steps(x.ticks("high")) | _steps(x.ticks("low"))
    return rolling.moving(talib.AROONOSC(x.ticks("high"), x.ticks("low"), period), moved, period + 1)


def ultimate(x: Inputs) -> Floats:
    """Return the ultimate oscillator (7, 14, 28); NaN where the last 7 bars had no range."""
    values = talib.ULTOSC(x.ticks("high"), x.ticks("low"), x.ticks("close"), 7, 14, 28)
    return rolling.moving(values, x.true_range > 0.0, 8)


def power_balance(x: Inputs, period: int) -> Floats:
    """Return the sum of the bodies over the sum of the ranges; NaN where there was no range."""
    return rolling.ratio(
        rolling.total(x.ticks("close") - x.ticks("open"), period),
        rolling.total(x.ticks("high") - x.ticks("low"), period),
    )


def band(x: Inputs, period: int, sign: float) -> Floats:
    """Return the upper (sign 1) or the lower (sign -1) Bollinger band: 2 deviations, ddof 0, ticks."""
    return x.mean("close", period) + sign * 2.0 * x.std("close", period)


def band_position(x: Inputs, period: int) -> Floats:
    """Return where the close lies between the Bollinger bands: 0 the lower, 1 the upper."""
    distance = x.ticks("close") - x.mean("close", period)
    return 0.5 + rolling.ratio(distance, 4.0 * x.std("close", period))


def band_width(x: Inputs, period: int) -> Floats:
    """Return the distance of the Bollinger bands over their middle."""
    return 4.0 * x.std("close", period) / x.mean("close", period)


def _place(x: Inputs, period: int) -> Floats:
    top, bottom = rolling.highest(x.ticks("high"), period), rolling.lowest(x.ticks("low"), period)
    return rolling.place(x.ticks("close"), bottom, top)


def _steps(price: Floats) -> Flags:
    """Return where a price is another than in the row before; false in the first row."""
    return np.concatenate([np.zeros(min(price.size, 1), bool), price[1:] != price[:-1]])
