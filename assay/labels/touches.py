"""Where the first barrier of many trades is touched: several trades at a time, each by its own distances."""

from __future__ import annotations

from typing import NamedTuple

from numba import njit

from assay.labels.barriers import ExitRules, entry_price
from assay.types import Floats, Ints

LANES, ABREAST = 64, 16
"""Trades that are taken together, and those of them, decided at consecutive bars, that are walked along side by side
until the last is touched."""


class Prices(NamedTuple):
    """Bars, as compiled code takes them: each of shape (n,)."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats


@njit(cache=True)
def touches(
    bars: Prices,
    at: Ints,
    side: int,
    tp: Floats,
    sl: Floats,
    rules: ExitRules,
    limit: Ints,
    entry: Floats,
    up: Floats,
    down: Floats,
    stop: Ints,
    age: Ints,
) -> None:
    """Write where trades decided at some bars, LANES or fewer, are touched first.

    Inputs are those of :func:`assay.labels.exits.leave_all`; written, each of shape (LANES,), are entry prices, the
    moves that touch (``up`` or more, ``down`` or less), ``stop``, the bars until a trade is left anyhow, and ``age``,
    those until it is touched: above, or below with a minus, or 0 if it is not.
    """
    top, bottom = (bars.high, bars.low) if rules.resting else (bars.close, bars.close)
    _prepare(bars, at, side, tp, sl, rules, limit, entry, up, down, stop)
    together = at.size == LANES and at[-1] - at[0] == LANES - 1 and at[-1] + rules.max_horizon < bars.close.size
    if together and not limit.size:
        _walk(top, bottom, at[0], rules, entry, up, down, age)
    else:
        _seek(top, bottom, at, rules, entry, up, down, stop, age)


@njit(cache=True)
def _prepare(
    bars: Prices,
    at: Ints,
    side: int,
    tp: Floats,
    sl: Floats,
    rules: ExitRules,
    limit: Ints,
    entry: Floats,
    up: Floats,
    down: Floats,
    stop: Ints,
) -> None:
    """Write what touches; a trade that enters past the data has no price, and nothing does."""
    for k in range(at.size):
        entry[k] = entry_price(bars.open, bars.close, at[k], rules)
        profit, loss = tp[k] - rules.tolerance, sl[k] - rules.tolerance
        up[k] = profit if side > 0 else loss
        down[k] = -loss if side > 0 else -profit
        stop[k] = min(rules.max_horizon, limit[at[k]] - at[k]) if limit.size else rules.max_horizon


@njit(cache=True)
def _walk(
    top: Floats, bottom: Floats, i: int, rules: ExitRules, entry: Floats, up: Floats, down: Floats, age: Ints
) -> None:
    """Walk along with all trades from the one decided at bar ``i`` on, ABREAST at a time."""
    for k in range(0, LANES, ABREAST):
        some = slice(k, k + ABREAST)
        _walk_abreast(top, bottom, i + k, rules, entry[some], up[some], down[some], age[some])


@njit(cache=True, forceinline=True)
def _walk_abreast(
    top: Floats, bottom: Floats, i: int, rules: ExitRules, entry: Floats, up: Floats, down: Floats, age: Ints
) -> None:
    """Walk along with the trades decided at ABREAST bars from ``i`` on until all of them are touched."""
    age[:] = 0
    for h in range(max(rules.min_horizon, 1), rules.max_horizon + 1):
        highs, lows = top[i + h : i + h + ABREAST], bottom[i + h : i + h + ABREAST]
        n_open = 0
        for k in range(ABREAST):
            touch = h if highs[k] - entry[k] >= up[k] else 0
            touch = -h if lows[k] - entry[k] <= down[k] else touch
            age[k] = age[k] if age[k] else touch  # noqa: FURB110
            n_open += age[k] == 0
        if n_open == 0:
            return


@njit(cache=True)
def _seek(
    top: Floats,
    bottom: Floats,
    at: Ints,
    rules: ExitRules,
    entry: Floats,
    up: Floats,
    down: Floats,
    stop: Ints,
    age: Ints,
) -> None:
    """Walk with one trade after the other, wherever they are decided, to the end of the data at most."""
    for k in range(at.size):
        age[k], first = 0, at[k] + max(rules.min_horizon, 1)
        for j in range(first, min(at[k] + stop[k] + 1, top.size)):
            if top[j] - entry[k] >= up[k] or bottom[j] - entry[k] <= down[k]:
                age[k] = at[k] - j if bottom[j] - entry[k] <= down[k] else j - at[k]
                break
