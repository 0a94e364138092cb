from __future__ import annotations

import numpy as np
import pytest
import talib

from .averages import ema, highest, line, lowest, sma, volume_mean, wilder, wma
from .conftest import assert_is


def acceleration(m):
    return 4 * (m.h - m.l) / (m.h + m.l)


def keltner(m, sign):
    return ema(m.typical, 20) + sign * 2 * wilder(m.true_range, 10)


def ema_of_ema(s, n, times):
    return s if times == 0 else ema(ema_of_ema(s, n, times - 1), n)


def tema(m):
    once, twice, thrice = (ema_of_ema(m.c, 30, times) for times in (1, 2, 3))
    return 3 * once - 3 * twice + thrice


def tillson(s, times=3):
    """Generalised double EMA of volume factor 0.7, three times over."""
    doubled = 1.7 * ema(s, 5) - 0.7 * ema(ema(s, 5), 5)
    return doubled if times == 1 else tillson(doubled, times - 1)


def heikin_ashi_open(m):
    """Each open is the middle of the open and the close before."""
    return ((m.o + m.h + m.l + m.c) / 4).shift().dropna().ewm(alpha=0.5, adjust=False).mean()


def parabolic(m):
    """Wilder 1978: the stop follows the extreme of the trend by .02 of the distance, .02 more per new extreme, .2 most.

    It never enters the two bars before; once passed, it starts from the extreme of the trend that ended.
    """
    high, low = m.h.to_numpy(), m.l.to_numpy()
    stops, side, stop, extreme, speed = np.full(high.size, np.nan), 1, low[0], high[1], 0.02
    for i in range(1, high.size):
        passed = low[i] <= stop if side > 0 else high[i] >= stop
        if passed:
            side, stop, extreme, speed = -side, extreme, low[i] if side > 0 else high[i], 0.02
        front, back = (high, low) if side > 0 else (-low, -high)
        stops[i] = side * min(side * stop, *back[i - 1 : i + 1]) if passed else stop
        if front[i] > side * extreme:
            extreme, speed = side * front[i], min(speed + 0.02, 0.2)
        stop = stops[i] + speed * (extreme - stops[i])
        stop = side * min(side * stop, *back[i - 1 : i + 1])
    return stops


def supertrend(m):
    """The stop, and 1 below the close or -1 above it: it only follows the trend, until the close passes it."""
    width = 3 * wilder(m.true_range, 10)
    upper, lower, close, side = np.array(m.mid + width), np.array(m.mid - width), m.c.to_numpy(), np.ones(m.c.size)
    for i in range(2, m.c.size):
        upper[i] = upper[i] if upper[i] < upper[i - 1] or close[i - 1] > upper[i - 1] else upper[i - 1]
        lower[i] = lower[i] if lower[i] > lower[i - 1] or close[i - 1] < lower[i - 1] else lower[i - 1]
        side[i] = (1 if close[i] >= lower[i] else -1) if side[i - 1] > 0 else (-1 if close[i] <= upper[i] else 1)
    return np.where(side > 0, lower, upper), side


def lower_middle(window):
    return np.sort(window)[14]


LEVELS = {
    "upper_acceleration": lambda m: sma(m.h * (1 + acceleration(m)), 20),
    "lower_acceleration": lambda m: sma(m.l * (1 - acceleration(m)), 20),
    "upper_donchian": lambda m: highest(m.h, 20),
    "lower_donchian": lambda m: lowest(m.l, 20),
    "upper_keltner": lambda m: keltner(m, 1),
    "lower_keltner": lambda m: keltner(m, -1),
    "dema": lambda m: 2 * ema(m.c, 30) - ema_of_ema(m.c, 30, 2),
    "tema": tema,
    "ema": lambda m: ema(m.c, 30),
    "hma": lambda m: wma(2 * wma(m.c, 10) - wma(m.c, 20), 4),
    "rma": lambda m: wilder(m.c, 30),
    "t3": lambda m: tillson(m.c),
    "trima": lambda m: sma(sma(m.c, 15), 16),
    "vwma": lambda m: volume_mean(m.c, m.v, 30),
    "wma": lambda m: wma(m.c, 30),
    "zlema": lambda m: ema(2 * m.c - m.c.shift(14), 30),
    "midpoint": lambda m: (highest(m.c, 14) + lowest(m.c, 14)) / 2,
    "midprice": lambda m: (highest(m.h, 14) + lowest(m.l, 14)) / 2,
    "avgprice": lambda m: (m.o + m.h + m.l + m.c) / 4,
    "wclprice": lambda m: (m.h + m.l + 2 * m.c) / 4,
    "heikin_ashi": heikin_ashi_open,
    "sar": parabolic,
    "supertrend": lambda m: supertrend(m)[0],
    "mama": lambda m: talib.MAMA(m.c.to_numpy(), 0.5, 0.05)[0],
    "fama": lambda m: talib.MAMA(m.c.to_numpy(), 0.5, 0.05)[1],
    "hilbert_trend": lambda m: talib.HT_TRENDLINE(m.c.to_numpy()),
    "forecast": lambda m: line(m.c, 14, 1),
    "line": lambda m: line(m.c, 14, 0),
    "median": lambda m: m.c.rolling(30).apply(lower_middle, raw=True),
}
FORMULAS = {
    **{f"away_{name}": lambda m, level=level: m.c / level(m) - 1 for name, level in LEVELS.items()},
    "supertrend": lambda m: supertrend(m)[1],
}


@pytest.mark.parametrize("name", FORMULAS)
def test_overlap_is_its_formula(name, market, x):
    assert_is(f"ta_{name}", FORMULAS[name](market), x)
