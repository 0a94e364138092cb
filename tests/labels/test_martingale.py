"""Exact laws of barriers on walks, and optional stopping: no rule earns anything where nothing is to be earned."""

import itertools
import math

import numpy as np
import pytest
from numba import njit

from assay.labels.barriers import BOTH, SL, TP, VERTICAL, ExitRules, entry_price
from assay.labels.exits import UNLIMITED, leave, leave_all

FAR = 1_000_000
AT_CLOSE = ExitRules(1, FAR, at_close=True, resting=False, tolerance=1e-9)


@njit
def chain(open_, high, low, close, side, tp, sl, rules):
    """Return (gross, reason, bars held) of trades that follow one another, each decided where the last one ended."""
    gross, reasons, held = [], [], []
    i = 0
    while True:
        end, price, reason = leave(open_, high, low, close, i, side, tp, sl, rules)
        if end < 0:
            return np.array(gross), np.array(reasons), np.array(held)
        gross.append(side * (price - entry_price(open_, close, i, rules)))
        reasons.append(reason)
        held.append(end - i)
        i = end


def walk(p_up, seed, n=400_000):
    """Return trades of a +-1 walk as a function of its barriers."""
    prices = np.cumsum(np.where(np.random.default_rng(seed).random(n) < p_up, 1.0, -1.0)) + 1e6
    return lambda tp, sl: chain(prices, prices, prices, prices, 1, tp, sl, AT_CLOSE)


@pytest.mark.parametrize(
    ("tp", "sl", "p_up", "wins", "steps"),
    [(3, 2, 0.5, 0.4, 6.0), (3, 2, 0.55, 0.5219506, 6.0975), (5, 5, 0.52, 0.5987390, 24.6847)],
)
def test_gamblers_ruin_probability_and_duration(tp, sl, p_up, wins, steps):
    _, reasons, held = walk(p_up, seed=tp * 7, n=4_000_000)(float(tp), float(sl))
    n = reasons.size
    assert abs(np.mean(reasons == TP) - wins) < 3 * math.sqrt(wins * (1 - wins) / n)
    assert abs(np.mean(held) - steps) < 3 * np.std(held) / math.sqrt(n)


def test_brownian_motion_with_drift_between_2_and_minus_1():
    """A walk of step h whose odds are exp(2 mu h / sigma^2) meets the barriers exactly as often as the motion does."""
    drift, step = 0.1, 0.25
    p_up = 1 / (1 + math.exp(-2 * drift * step))
    time_per_step = (2 * p_up - 1) * step / drift
    _, reasons, held = walk(p_up, seed=4, n=800_000)(2 / step, 1 / step)
    n = reasons.size
    assert n > 20_000
    assert abs(np.mean(reasons == TP) - 0.4017596) < 3 * math.sqrt(0.4 * 0.6 / n)
    assert abs(np.mean(held) * time_per_step - 2.052787) < 3 * np.std(held) * time_per_step / math.sqrt(n)


@pytest.mark.parametrize(
    ("p_up", "expected"),
    [(0.5, (0.341796875, 0.341796875, 0.31640625)), (0.55, (0.4497367, 0.2463246, 0.3039386))],
)
def test_vertical_barrier_after_ten_steps_over_all_1024_paths(p_up, expected):
    rules = ExitRules(1, 10, at_close=True, resting=False, tolerance=1e-9)
    total = dict.fromkeys((TP, SL, VERTICAL), 0.0)
    for moves in itertools.product((1, -1), repeat=10):
        path = np.concatenate(([100.0], 100.0 + np.cumsum(moves)))
        n_up = moves.count(1)
        total[leave(path, path, path, path, 0, 1, 3.0, 3.0, rules)[2]] += p_up**n_up * (1 - p_up) ** (10 - n_up)
    assert tuple(total.values()) == pytest.approx(expected, abs=1e-7)


def martingale(seed, jump, n_bars=400_000, n_ticks=8):
    """Return bars of ticks without drift; one tick in 160 jumps."""
    rng = np.random.default_rng(seed)
    steps = rng.standard_normal((n_bars, n_ticks)) / math.sqrt(n_ticks)
    steps += jump * rng.standard_normal((n_bars, n_ticks)) * (rng.random((n_bars, n_ticks)) < 1 / 160)
    ticks = 1e6 + np.cumsum(steps).reshape(n_bars, n_ticks)
    return ticks[:, 0].copy(), ticks.max(axis=1), ticks.min(axis=1), ticks[:, -1].copy()


@pytest.fixture(scope="module")
def markets():
    return {jump: martingale(int(jump), jump) for jump in (0.0, 5.0)}


def t_value(gross):
    assert gross.size >= 20_000
    return np.mean(gross) / (np.std(gross) / math.sqrt(gross.size))


BARRIERS = [(2.0, 2.0, 1), (3.0, 1.0, 1), (1.0, 3.0, 5), (math.inf, 2.0, 1), (math.inf, math.inf, 10)]


@pytest.mark.parametrize("jump", [0.0, 5.0])
@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize(("tp", "sl", "min_horizon"), BARRIERS)
def test_optional_stopping_market_exits_earn_nothing(markets, jump, side, tp, sl, min_horizon):
    rules = ExitRules(min_horizon, 15, at_close=False, resting=False, tolerance=1e-9)
    gross, _, _ = chain(*markets[jump], side, tp, sl, rules)
    assert abs(t_value(gross)) < 3


@pytest.mark.parametrize("jump", [0.0, 5.0])
@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize(("tp", "sl", "min_horizon"), BARRIERS)
def test_optional_stopping_resting_orders_never_earn_anything(markets, jump, side, tp, sl, min_horizon):
    rules = ExitRules(min_horizon, 15, at_close=False, resting=True, tolerance=1e-9)
    gross, _, _ = chain(*markets[jump], side, tp, sl, rules)
    assert t_value(gross) < 3


def test_planted_a_stop_filled_at_its_barrier_would_earn_and_be_seen(markets):
    bars = markets[5.0]
    rules = ExitRules(1, 15, at_close=False, resting=True, tolerance=1e-9)
    decided = np.arange(0, bars[0].size - 20, 16)
    ends, prices, reasons = leave_all(
        *bars, decided, 1, np.full(decided.size, 3.0), np.full(decided.size, 1.0), rules, UNLIMITED
    )
    entry = bars[0][decided + 1]
    wrong = np.where(reasons == SL, np.maximum(prices, entry - 1.0), prices)
    assert (ends >= 0).all()
    assert t_value(wrong - entry) > 3
    assert t_value(prices - entry) < 3


def ticks_of_events(seed, n_events, n_ticks, per_bar, jump=0.0):
    """Return driftless walks from 0, shape (n_events, n_ticks + 1), of unit variance a bar; 5 % of bars may jump."""
    rng = np.random.default_rng(seed)
    steps = rng.standard_normal((n_events, n_ticks)) / math.sqrt(per_bar)
    if jump:
        steps += (rng.random(steps.shape) < 0.05 / per_bar) * jump * rng.standard_normal(steps.shape)
    return np.pad(np.cumsum(steps, axis=1), ((0, 0), (1, 0)))


@pytest.mark.parametrize(("barrier", "both_share", "earned"), [(1.0, 0.004, None), (0.7, 0.037, (0.0284, -0.0231))])
def test_guessing_which_of_two_barriers_in_a_bar_came_first_is_worth_its_share_of_both(barrier, both_share, earned):
    """The walks that were measured: bars of 20 ticks, 20 at most; what "profit first" and "stop first" earn at .7."""
    n = 20_000
    walks = ticks_of_events(0, n, 400, 20)
    ticks = walks[:, 1:].reshape(n, 20, 20)
    open_, close = walks[:, :-1:20], ticks[:, :, -1]
    columns = (open_, np.maximum(open_, ticks.max(axis=2)), np.minimum(open_, ticks.min(axis=2)), close)
    bars = [np.pad(column, ((0, 0), (1, 1))).ravel() for column in columns]
    rules, width = ExitRules(1, 20, at_close=True, resting=True, tolerance=0.0), np.full(n, barrier)
    _, prices, reasons = leave_all(*bars, np.arange(n) * 22, 1, width, width, rules, UNLIMITED)
    assert np.mean(reasons == BOTH) == pytest.approx(both_share, abs=5e-4)
    if earned:
        ended = [reasons == TP, reasons == SL, reasons == BOTH]
        guesses = [np.select(ended, [barrier, -barrier, guess], prices).mean() for guess in (barrier, -barrier)]
        assert guesses == pytest.approx(earned, abs=1e-4)


@pytest.mark.parametrize(("jump", "earned"), [(0.0, 0.076), (5.0, 0.115)])
def test_planted_fills_at_the_barrier_earn_what_was_measured(jump, earned):
    """The walks that were measured: profit at three deviations, stop at one, ten ticks a bar, 40 bars; truly 0."""
    n = 40_000
    ticks = ticks_of_events(1, n, 400, 10, jump)
    rules = ExitRules(1, 400, at_close=True, resting=False, tolerance=0.0)
    events, tp, sl = np.arange(n) * 401, np.full(n, 3.0), np.full(n, 1.0)
    _, prices, reasons = leave_all(*[ticks.ravel()] * 4, events, 1, tp, sl, rules, UNLIMITED)
    wished = np.select([reasons == TP, reasons == SL], [3.0, -1.0], prices)
    assert wished.mean() == pytest.approx(earned, abs=5e-4)
    assert abs(t_value(prices)) < 3
