"""Random and hand-made markets for the tests of the backtest, and a plain market to trade them in."""

import math

import numpy as np
import polars as pl
import pytest

from assay.backtest.book import Market, Orders
from assay.backtest.fills import Terms
from assay.backtest.sizing import Sizing
from assay.labels.barriers import ExitRules
from assay.market.instruments import Instrument
from assay.tables.bars import BARS
from assay.tables.predictions import PREDICTIONS

DAY_NS = 86_400_000_000_000


@pytest.fixture(scope="session")
def future():
    return Instrument(symbol="ES", kind="future", tick_size=0.25, multiplier=50.0, fee_per_lot=2.25)


@pytest.fixture(scope="session")
def free():
    """No cost, one currency unit per point."""
    return Terms(1.0, 0.0, 0.0, 0.0)


@pytest.fixture(scope="session")
def one_lot():
    """One lot in every trade, no limits."""
    return Sizing(100_000.0, False, 1.0, 0.01, 1.0, 1.0, 0, 0.0)


@pytest.fixture(scope="session")
def by_closes():
    """Return a function from horizons to rules that look at closes."""
    return lambda shortest, longest: ExitRules(shortest, longest, False, False, 1e-7)


@pytest.fixture(scope="session")
def draw_market():
    """Return a function from a seed to a market of quarter-point walks with gaps, sessions of 20 bars."""

    def draw(seed, n_bars, spread=0.25):
        ticks = 1000 + 0.25 * np.random.default_rng(seed).integers(-2, 3, (n_bars, 5)).cumsum().reshape(n_bars, 5)
        session = 1 + np.arange(n_bars) // 20
        low, high = ticks.min(axis=1), ticks.max(axis=1)
        return Market(ticks[:, 0].copy(), high, low, ticks[:, -1].copy(), np.full(n_bars, spread), session)

    return draw


@pytest.fixture(scope="session")
def draw_orders():
    """Return a function from a seed to decisions at random bars, of random side and barriers, some infinite."""

    def draw(seed, n_bars, share=0.5):
        rng = np.random.default_rng([seed, 1])
        decided = np.flatnonzero(rng.random(n_bars) < share)
        side = rng.choice([-1, 1], decided.size).astype(np.int8)
        tp, sl = rng.choice([0.5, 1.0, 2.0, math.inf], (2, decided.size))
        return Orders(decided, side, tp, sl)

    return draw


@pytest.fixture(scope="session")
def as_bars():
    """Return a function from a market to table BARS, one bar an hour, a tick at its open and one at its close."""

    def table(market):
        n = market.open.size
        opened_at = market.session * DAY_NS + (np.arange(n) % 20) * (DAY_NS // 24)
        given = {name: getattr(market, name) for name in ("open", "high", "low", "close", "session")}
        given |= {"symbol": ["ES"] * n, "ordinal": np.arange(n), "spread_open": market.spread}
        given |= {
            "opened_at": opened_at,
            "closed_at": opened_at + 1,
            "n_ticks": np.full(n, 2),
            "partial": np.zeros(n, bool),
        }
        columns = (pl.Series(name, given.get(name, np.zeros(n))).cast(c.dtype) for name, c in BARS.columns.items())
        return BARS.check(pl.DataFrame(list(columns)), "bars")

    return table


@pytest.fixture(scope="session")
def as_predictions():
    """Return a function from decisions to table PREDICTIONS; every third one is worth its costs, folds are tens."""

    def table(orders, bars):
        at, k = orders.decided, np.arange(orders.decided.size)
        given = {"symbol": ["ES"] * k.size, "ordinal": at, "t0": bars["closed_at"].gather(at), "fold": k // 10}
        given |= {"side": orders.side, "tp": orders.tp, "sl": orders.sl, "take": k % 3 == 0, "win": k % 2 == 0}
        half = np.full(k.size, 0.5)
        columns = (pl.Series(name, given.get(name, half)).cast(c.dtype) for name, c in PREDICTIONS.columns.items())
        return PREDICTIONS.check(pl.DataFrame(list(columns)), "predictions")

    return table
