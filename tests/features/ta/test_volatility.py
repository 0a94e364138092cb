from __future__ import annotations

import numpy as np
import pytest
import talib

from .averages import ema, sma, wilder
from .conftest import assert_is


def deviations(m, rising):
    """Standard deviations of 10 closes where the close rose (1) or fell (-1), else 0."""
    return m.c.rolling(10).std(ddof=0).where(np.sign(m.step) == rising, 0.0)[9:]


def relative_volatility(m):
    up, down = (wilder(deviations(m, side), 14) for side in (1, -1))
    return 100 * up / (up + down)


def ratio_of_ranges(m):
    short = ema(m.h - m.l, 9)
    return short / ema(short, 9)


def percent_rank(window):
    return 100 * (window[:-1] < window[-1]).mean()


def slope(m):
    """Of relative changes: their covariance over the variance of those of the high."""
    high, low = m.h.pct_change(), m.l.pct_change()
    return low.rolling(5).cov(high) / high.rolling(5).var()


def close(m):
    return m.c.to_numpy()


FORMULAS = {
    "adr": lambda m: sma(m.h - m.l, 14) / m.c,
    "trange": lambda m: m.true_range / m.c,
    "avgdev": lambda m: m.c.rolling(14).apply(lambda w: np.abs(w - w.mean()).mean(), raw=True) / m.c,
    "stddev": lambda m: m.c.rolling(5).apply(np.std, raw=True) / m.c,
    "cvi": lambda m: 100 * ema(m.h - m.l, 10).pct_change(10),
    "mass": lambda m: ratio_of_ranges(m).rolling(25).sum(),
    "rvi": relative_volatility,
    "correl": lambda m: m.h.rolling(30).corr(m.v),
    "percent_rank": lambda m: m.c.rolling(101).apply(percent_rank, raw=True),
    "beta": slope,
    "cycle_period": lambda m: talib.HT_DCPERIOD(close(m)),
    "cycle_sine": lambda m: talib.HT_SINE(close(m))[0],
    "cycle_lead": lambda m: talib.HT_SINE(close(m))[1],
    "in_phase": lambda m: talib.HT_PHASOR(close(m))[0] / m.c,
    "quadrature": lambda m: talib.HT_PHASOR(close(m))[1] / m.c,
    "trend_mode": lambda m: talib.HT_TRENDMODE(close(m)),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_volatility_is_its_formula(name, market, x):
    assert_is(f"ta_{name}", FORMULAS[name](market), x)
