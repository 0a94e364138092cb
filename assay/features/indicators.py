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


def rsi(x: Inputs, period: int, lookback: int) -> Floats:
    """Return Wilder's relative strength index; NaN where the close stood still for the whole look-back."""
    return _moving(talib.RSI(x.ticks("close"), period), _steps(x.ticks("close")), lookback)


def directional(function: str, x: Inputs, period: int, lookback: int) -> Floats:
    """Return one of Wilder's directional lines; NaN where no bar of the look-back had a range."""
    values = getattr(talib, function)(x.ticks("high"), x.ticks("low"), x.ticks("close"), period)
    return _moving(values, x.true_range > 0.0, lookback)


def macd(x: Inputs, line: int) -> Floats:
    """Return a line of MACD(12, 26, 9) over the close: 0 the difference, 1 its signal, 2 the histogram."""
    return talib.MACD(x.ticks("close"), 12, 26, 9)[line] / x.ticks("close")


def cci(x: Inputs, period: int) -> Floats:
    """Return the commodity channel index; NaN where the typical price stood still."""
    values = talib.CCI(x.ticks("high"), x.ticks("low"), x.ticks("close"), period)
    return _moving(values, _steps(x.typical), period)


def stochastic(x: Inputs, period: int) -> Floats:
    """Return the fast %K: where the close lies in the range of the window; NaN where that range is 0."""
    bottom = rolling.lowest(x.ticks("low"), period)
    return 100.0 * rolling.ratio(x.ticks("close") - bottom, rolling.highest(x.ticks("high"), period) - bottom)


def money_flow(x: Inputs, period: int) -> Floats:
    """Return the money flow index; NaN where the typical price stood still or nothing was traded."""
    flow = x.typical * x["volume"] * np.sign(rolling.change(x.typical))
    rise = rolling.total(np.maximum(flow, 0.0), period)
    fall = rolling.total(np.maximum(-flow, 0.0), period)
    return 100.0 * rolling.ratio(rise, rise + fall)


def aroon(x: Inputs, period: int) -> Floats:
    """Return Aroon up less Aroon down, the latest of equal extremes; NaN where highs and lows stood still."""
    moved = _steps(x.ticks("high")) | _steps(x.ticks("low"))
    return _moving(talib.AROONOSC(x.ticks("high"), x.ticks("low"), period), moved, period + 1)


def ultimate(x: Inputs) -> Floats:
    """Return the ultimate oscillator (7, 14, 28); NaN where the last 7 bars had no range."""
    values = talib.ULTOSC(x.ticks("high"), x.ticks("low"), x.ticks("close"), 7, 14, 28)
    return _moving(values, x.true_range > 0.0, 8)


def power_balance(x: Inputs, period: int) -> Floats:
    """Return the sum of the bodies over the sum of the ranges; NaN where there was no range."""
    return rolling.ratio(
        rolling.total(x.ticks("close") - x.ticks("open"), period),
        rolling.total(x.ticks("high") - x.ticks("low"), period),
    )


def band_position(x: Inputs, period: int) -> Floats:
    """Return where the close lies between the Bollinger bands (2 deviations, ddof 0): 0 the lower, 1 the upper."""
    distance = x.ticks("close") - rolling.mean(x.ticks("close"), period)
    return 0.5 + rolling.ratio(distance, 4.0 * rolling.std(x.ticks("close"), period, ddof=0))


def band_width(x: Inputs, period: int) -> Floats:
    """Return the distance of the Bollinger bands (2 deviations, ddof 0) over their middle."""
    return 4.0 * rolling.std(x.ticks("close"), period, ddof=0) / rolling.mean(x.ticks("close"), period)


def _steps(price: Floats) -> Flags:
    """Return where a price is another than in the row before; false in the first row."""
    return np.abs(rolling.change(price)) > 0.0


def _moving(values: Floats, moved: Flags, lookback: int) -> Floats:
    """Leave a value where something moved between two bars of its look-back; NaN elsewhere."""
    return np.where(rolling.rows_since(moved) < lookback - 1, values, np.nan)
