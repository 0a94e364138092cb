from __future__ import annotations

import numpy as np
import pytest

from .averages import ema, sma, volume_mean
from .conftest import assert_is


def place(m):
    """Where the close is in the bar, -1 to 1."""
    return (2 * m.c - m.h - m.l) / (m.h - m.l)


def accumulation(m):
    return (place(m) * m.v).cumsum()


def grown(m, counted):
    """Growth of the close over those of 14 bars that count."""
    return (1 + m.c.pct_change()).where(counted, 1.0).rolling(14).apply(np.prod, raw=True) - 1


FORMULAS = {
    "cmf": lambda m: volume_mean(place(m), m.v, 20),
    "pvo": lambda m: 100 * (ema(m.v, 12) / ema(m.v, 26) - 1),
    "rvol": lambda m: m.v / sma(m.v, 20).shift(),
    "obv_14": lambda m: volume_mean(np.sign(m.step), m.v, 14),
    "ad_14": lambda m: volume_mean(place(m), m.v, 14),
    "pvt_14": lambda m: volume_mean(m.c.pct_change(), m.v, 14),
    "nvi_14": lambda m: grown(m, m.v < m.v.shift()),
    "pvi_14": lambda m: grown(m, m.v > m.v.shift()),
    "adosc": lambda m: (ema(accumulation(m), 3) - ema(accumulation(m), 10)) / sma(m.v, 14),
    "efi": lambda m: ema(m.step * m.v, 13) / m.c / sma(m.v, 14),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_volume_is_its_formula(name, market, x):
    assert_is(f"ta_{name}", FORMULAS[name](market), x)
