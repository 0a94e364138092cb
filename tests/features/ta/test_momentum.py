from __future__ import annotations

import pytest

from .averages import ema, highest, line, lowest, sma, wilder, wma
from .conftest import assert_is


def awesome(m):
    return sma(m.mid, 5) - sma(m.mid, 34)


def balance(up, down):
    return 100 * (up - down) / (up + down)


def rises(m):
    return m.step.clip(lower=0), -m.step.clip(upper=0)


def rsi(m):
    up, down = (wilder(one, 14) for one in rises(m))
    return 100 * up / (up + down)


def place(s, n, bottom, top):
    return 100 * (s - lowest(bottom, n)) / (highest(top, n) - lowest(bottom, n))


def kdj(m):
    k = wilder(place(m.c, 9, m.l, m.h), 3)
    return k, wilder(k, 3)


def stochastic_momentum(m):
    top, bottom = highest(m.h, 13), lowest(m.l, 13)
    away, half = m.c - (top + bottom) / 2, (top - bottom) / 2
    return 100 * ema(ema(away, 25), 2) / ema(ema(half, 25), 2)


FORMULAS = {
    "ac": lambda m: (awesome(m) - sma(awesome(m), 5)) / m.c,
    "ao": lambda m: awesome(m) / m.c,
    "cmo": lambda m: balance(*(wilder(one, 14) for one in rises(m))),
    "cmo_window": lambda m: balance(*(sma(one, 14) for one in rises(m))),
    "coppock": lambda m: 100 * wma(m.c.pct_change(11) + m.c.pct_change(14), 10),
    "dpo": lambda m: (m.c.shift(11) - sma(m.c, 20)) / m.c,
    "forecast_oscillator": lambda m: 100 * (m.c - line(m.c, 5, 1).shift()) / m.c,
    "kdj_k": lambda m: kdj(m)[0],
    "kdj_j": lambda m: 3 * kdj(m)[0] - 2 * kdj(m)[1],
    "ppo": lambda m: 100 * (ema(m.c, 12) / ema(m.c, 26) - 1),
    "smi": stochastic_momentum,
    "smi_signal": lambda m: ema(stochastic_momentum(m), 9),
    "stoch_rsi": lambda m: sma(place(rsi(m), 5, rsi(m), rsi(m)), 3),
    "tsi": lambda m: 100 * ema(ema(m.step, 25), 13) / ema(ema(m.step.abs(), 25), 13),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_momentum_is_its_formula(name, market, x):
    assert_is(f"ta_{name}", FORMULAS[name](market), x)
