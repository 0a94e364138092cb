"""Where nothing can be earned, nothing is: optional stopping, and the bounce of trade prices."""

import math

import numpy as np
import polars as pl
import pytest

from assay.backtest.book import Market, Orders
from assay.backtest.fills import Terms
from assay.backtest.replay import replay
from assay.backtest.sizing import Sizing
from assay.bars.build import build
from assay.labels.barriers import ExitRules
from assay.tables.table import TIME

N_BARS = 260_000
TICKS_PER_BAR = 8


@pytest.fixture(scope="module")
def jumpy():
    """Market S7 of the truth laboratory: a martingale whose ticks sometimes jump by five standard deviations."""
    rng = np.random.default_rng(20)
    steps = rng.standard_normal((N_BARS, TICKS_PER_BAR)) / math.sqrt(TICKS_PER_BAR)
    steps += (rng.random(steps.shape) < 0.05 / TICKS_PER_BAR) * 5.0 * rng.standard_normal(steps.shape)
    ticks = 1e6 + steps.cumsum().reshape(steps.shape)
    low, high = ticks.min(axis=1), ticks.max(axis=1)
    return Market(ticks[:, 0].copy(), high, low, ticks[:, -1].copy(), np.full(N_BARS, 0.3), np.zeros(N_BARS, np.int64))


@pytest.fixture(scope="module")
def every_bar():
    """A coin says the side at every bar; the profit barrier is at three deviations, the stop at one."""
    side = np.random.default_rng(21).choice([-1, 1], N_BARS).astype(np.int8)
    return Orders(np.arange(N_BARS), side, np.full(N_BARS, 3.0), np.full(N_BARS, 1.0))


def t_value(x):
    return x.mean() / x.std(ddof=1) * math.sqrt(x.size)


@pytest.mark.parametrize("resting", [False, True])
def test_s7_on_a_martingale_with_jumps_barriers_earn_nothing_and_cost_what_they_cost(
    jumpy, every_bar, one_lot, resting
):
    trades = replay(jumpy, every_bar, ExitRules(1, 20, False, resting, 0.0), Terms(1.0, 0.1, 0.05, 0.0), one_lot).trades
    assert trades.size >= 20_000
    t = t_value(trades["gross"])
    assert t < 3
    assert t > -3 or resting
    limit = resting & (trades["reason"] == 0)
    np.testing.assert_allclose(trades["net"], trades["gross"] - 0.3 - 2 * 0.05 - 0.1 * (2 - limit), atol=1e-9)


@pytest.mark.parametrize("resting", [False, True])
def test_planted_a_barrier_filled_at_its_price_beats_the_martingale(jumpy, every_bar, free, one_lot, resting):
    trades = replay(jumpy, every_bar, ExitRules(1, 20, False, resting, 0.0), free, one_lot).trades
    wished = np.select([trades["reason"] == 0, trades["reason"] < 3], [3.0, -1.0], trades["gross"])
    assert abs(t_value(wished)) > 5


def bounce(n_bars):
    """Market N2: a mid that walks by 1 per bar, printed half a standard deviation above or below it."""
    rng = np.random.default_rng(22)
    mid = 1e6 + rng.standard_normal(n_bars).cumsum()
    first, last = 0.5 * rng.choice([-1, 1], (2, n_bars))
    open_, close = np.append(mid[:1], mid[:-1]) + first, mid + last
    low, high = np.minimum(open_, close), np.maximum(open_, close)
    return Market(open_, high, low, close, np.ones(n_bars), np.zeros(n_bars, np.int64))


def test_n2_t8_the_bounce_that_pays_at_the_same_close_pays_nothing_at_the_next_open(free, one_lot):
    n = 200_000
    market = bounce(n)
    moves = np.diff(market.close)
    faked = -np.sign(moves[:-1]) * moves[1:]
    assert faked.mean() / faked.std(ddof=1) == pytest.approx(0.1394, abs=4 / math.sqrt(n))
    none = np.full(n - 1, math.inf)
    orders = Orders(np.arange(1, n), -np.sign(moves).astype(np.int8), none, none)
    trades = replay(market, orders, ExitRules(1, 1, False, False, 0.0), free, one_lot).trades
    assert trades.size > 60_000
    assert abs(t_value(trades["gross"])) < 3
    assert t_value(trades["net"]) < -100
    np.testing.assert_allclose(trades["net"], trades["gross"] - 1.0, atol=1e-9)


N_QUOTES = 400_000


@pytest.fixture(scope="module")
def breathing():
    """Quotes around a martingale, with a spread from 1 to 3 that comes back to its mean over some 60 quotes."""
    rng = np.random.default_rng(23)
    mid = 1e4 + 0.1 * rng.standard_normal(N_QUOTES).cumsum()
    spread = 2.0 + np.sin(np.arange(N_QUOTES) / 10.0 + 0.05 * rng.standard_normal(N_QUOTES).cumsum())
    size = np.ones(N_QUOTES)
    columns = {"bid": mid - spread / 2, "ask": mid + spread / 2, "bid_size": size, "ask_size": size}
    return pl.DataFrame({"time": pl.Series(np.arange(N_QUOTES)).cast(TIME), **columns})


def gross_of_wide_is_long(ticks, spread):
    """Return gross profits over three bars of long after a wide spread, short after a narrow one, in bars of ten."""
    bars = build(ticks, "tick", 10, np.zeros(N_QUOTES, np.int64), "TEST")
    columns = (bars[name].to_numpy() for name in ("open", "high", "low", "close"))
    market = Market(*columns, np.ones(bars.height), np.zeros(bars.height, np.int64))
    side = np.where(spread[9::10] > 2.0, 1, -1).astype(np.int8)
    orders = Orders(np.arange(side.size), side, *np.full((2, side.size), math.inf))
    free, one_lot = Terms(1.0, 0.0, 0.0, 0.0), Sizing(1e5, False, 1.0, 0.01, 1.0, 1.0, 0, 0.0)
    return replay(market, orders, ExitRules(3, 3, False, False, 0.0), free, one_lot).trades["gross"]


def test_a_spread_that_can_be_foretold_earns_nothing_on_bars_of_quotes(breathing):
    gross = gross_of_wide_is_long(breathing, (breathing["ask"] - breathing["bid"]).to_numpy())
    assert gross.size > 9_000
    assert abs(t_value(gross)) < 3


def test_planted_bars_of_the_bid_turn_changes_of_the_spread_into_profit(breathing):
    bids = breathing.select("time", price="bid", size="bid_size", side=pl.lit(0, pl.Int8))
    assert t_value(gross_of_wide_is_long(bids, (breathing["ask"] - breathing["bid"]).to_numpy())) > 6
