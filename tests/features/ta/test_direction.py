from __future__ import annotations

import numpy as np
import pytest

from .averages import ema, highest, lowest, sma, wilder
from .conftest import assert_is


def moves(m):
    """Wilder's directional moves: of a rise of the high and a fall of the low only the larger one counts."""
    up, down = m.h.diff(), -m.l.diff()
    return up.where((up > down) & (up > 0), 0.0)[1:], down.where((down > up) & (down > 0), 0.0)[1:]


def directional_index(m):
    up, down = (wilder(one, 14) for one in moves(m))
    return 100 * (up - down).abs() / (up + down)


def average_index(m):
    return wilder(directional_index(m), 14)


def since(window, found):
    """Bars since the last place where a window is as high, or as low, as it gets."""
    return np.argmax(window[::-1] == found(window))


def aroon(s, found):
    return s.rolling(15).apply(lambda window: 100 * (14 - since(window, found)) / 14, raw=True)


def swing(s):
    """Two bars ago above the two before it and the two after it."""
    return sum((s.shift(2) > s.shift(k)).astype(int) for k in (0, 1, 3, 4)).eq(4)


def body(m):
    return m.c - m.o


def vortex(one, other, m):
    return sma((one - other.shift()).abs(), 14) / sma(m.true_range, 14)


FORMULAS = {
    "adxr": lambda m: (average_index(m) + average_index(m).shift(13)) / 2,
    "dx": directional_index,
    "minus_dm": lambda m: 14 * wilder(moves(m)[1], 14) / m.c,
    "plus_dm": lambda m: 14 * wilder(moves(m)[0], 14) / m.c,
    "aroon_down": lambda m: aroon(m.l, np.min),
    "aroon_up": lambda m: aroon(m.h, np.max),
    "bop": lambda m: body(m) / (m.h - m.l),
    "bull_power": lambda m: (m.h - ema(m.c, 13)) / m.c,
    "bear_power": lambda m: (m.l - ema(m.c, 13)) / m.c,
    "swing_high": lambda m: swing(m.h),
    "swing_low": lambda m: swing(-m.l),
    "imi": lambda m: 100 * sma(body(m).clip(lower=0), 14) / sma(body(m).abs(), 14),
    "qstick": lambda m: sma(body(m), 10) / m.c,
    "vhf": lambda m: (highest(m.c, 28) - lowest(m.c, 28)) / m.step.abs().rolling(28).sum(),
    "vortex_plus": lambda m: vortex(m.h, m.l, m),
    "vortex_minus": lambda m: vortex(m.l, m.h, m),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_direction_is_its_formula(name, market, x):
    assert_is(f"ta_{name}", FORMULAS[name](market), x)
