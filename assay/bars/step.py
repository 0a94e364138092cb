"""The step from tick to bar: the one truth, for a whole history and for a live feed.

The state is a bar in the making and what outlives it. It has the type of the rows that leave, so closing a bar is
copying the state, and saving it in mid-bar is saving one row.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from assay.types import Floats, Ints, Signs

BAR = np.dtype(
    [
        ("session", "<i8"),
        ("period", "<i8"),
        ("opened_ns", "<i8"),
        ("closed_ns", "<i8"),
        ("n_ticks", "<i8"),
        ("n_buys", "<i8"),
        ("n_sells", "<i8"),
        ("partial", "<i8"),
        ("last_sign", "<i8"),
        ("last_price", "<f8"),
        ("filled", "<f8"),
        ("open", "<f8"),
        ("high", "<f8"),
        ("low", "<f8"),
        ("price_sum", "<f8"),
        ("volume", "<f8"),
        ("buy_volume", "<f8"),
        ("sell_volume", "<f8"),
        ("value", "<f8"),
        ("path", "<f8"),
        ("largest", "<f8"),
        ("spread_open", "<f8"),
        ("spread_sum", "<f8"),
        ("imbalance_sum", "<f8"),
    ]
)
"""A bar, open or closed: ``last_price`` is its close, ``filled`` what counts towards its threshold."""

Bars: TypeAlias = NDArray[np.void]
"""Array of ``BAR``."""

TIME, TICK, VOLUME, DOLLAR = 0, 1, 2, 3
CODES = {"time": TIME, "tick": TICK, "volume": VOLUME, "dollar": DOLLAR}
"""Codes of the kinds of bar in the compiled loop."""


def initial() -> Bars:
    """Return the state before the first tick, shape (1,): no bar, no price, no sign."""
    state = np.zeros(1, BAR)
    state["last_price"] = np.nan
    return state


@njit(cache=True)
def tick_rule(price: float, last_price: float, last_sign: int) -> int:
    """Return +1 after a rise, -1 after a fall, the sign before at an unchanged price, 0 as long as there is none.

    Lee and Ready 1991, section II; AFML 2.3.2.1.
    """
    if price > last_price:
        return 1
    if price < last_price:
        return -1
    return last_sign


@njit(cache=True)
def step(
    state: Any,
    row: tuple[int, int, float, float, int, float, float],
    kind: int,
    threshold: float,
    closed: Bars,
    n_closed: int,
) -> int:
    """Take in one tick and write the bars it closes: none, one, or two.

    Parameters
    ----------
    state
        The open bar, changed in place.
    row
        Session day (negative: outside, the tick is passed over), time (ns), price, size, given side (0: unknown),
        ask - bid, and imbalance of the quote (both NaN for a trade).
    kind
        ``TIME``, ``TICK``, ``VOLUME`` or ``DOLLAR``.
    threshold
        What fills a bar: nanoseconds, ticks, units, or price times units.
    closed
        Where closed bars are written, from ``n_closed`` on.
    n_closed
        Bars written so far.

    Returns
    -------
    int
        Bars written with this tick.

    Notes
    -----
    A tick of another session, or of a later period in a time bar, first closes what is open. Then the tick is added,
    and closes its bar if that fills the threshold (AFML 2.3.1); the next bar starts from 0.
    """
    session, time_ns, price, size, side, spread, imbalance = row
    if session < 0:
        return n_closed
    period = time_ns // int(threshold) if kind == TIME else 0
    if state.n_ticks > 0 and (session != state.session or period != state.period):
        state.partial = session != state.session
        n_closed = close_bar(state, closed, n_closed)
    sign = side if side != 0 else tick_rule(price, state.last_price, state.last_sign)
    if state.n_ticks == 0:
        open_bar(state, session, period, time_ns, price, spread)
    _add(state, time_ns, price, size, sign, spread, imbalance)
    if kind != TIME:
        state.filled += 1.0 if kind == TICK else (size if kind == VOLUME else price * size)
        if state.filled >= threshold:
            n_closed = close_bar(state, closed, n_closed)
    return n_closed


@njit(cache=True)
def open_bar(state: Any, session: int, period: int, time_ns: int, price: float, spread: float) -> None:
    """Start a bar: its first price is also the last one, so that the step into it is no part of its path."""
    state.session = session
    state.period = period
    state.opened_ns = time_ns
    state.open = price
    state.high = price
    state.low = price
    state.last_price = price
    state.spread_open = spread
    state.n_buys = 0
    state.n_sells = 0
    state.partial = 0
    state.filled = 0.0
    state.price_sum = 0.0
    state.volume = 0.0
    state.buy_volume = 0.0
    state.sell_volume = 0.0
    state.value = 0.0
    state.path = 0.0
    state.largest = 0.0
    state.spread_sum = 0.0
    state.imbalance_sum = 0.0


@njit(cache=True)
def _add(state: Any, time_ns: int, price: float, size: float, sign: int, spread: float, imbalance: float) -> None:
    """Add a tick to the open bar."""
    state.path += abs(price - state.last_price)
    state.closed_ns = time_ns
    state.last_price = price
    state.last_sign = sign
    state.high = max(state.high, price)
    state.low = min(state.low, price)
    state.n_ticks += 1
    state.price_sum += price
    state.volume += size
    state.value += price * size
    state.largest = max(state.largest, size)
    state.spread_sum += spread
    state.imbalance_sum += imbalance
    if sign > 0:
        state.n_buys += 1
        state.buy_volume += size
    elif sign < 0:
        state.n_sells += 1
        state.sell_volume += size


@njit(cache=True)
def close_bar(state: Any, closed: Bars, n_closed: int) -> int:
    """Write the bar out and leave no bar open; the last price and sign stay for the tick rule."""
    closed[n_closed] = state
    state.n_ticks = 0
    return n_closed + 1


@njit(cache=True)
def run(
    state: Bars,
    session: Ints,
    time_ns: Ints,
    price: Floats,
    size: Floats,
    side: Signs,
    spread: Floats,
    imbalance: Floats,
    kind: int,
    threshold: float,
    closed: Bars,
) -> int:
    """Take in ticks in order, one ``step`` each, and return how many bars were written to ``closed``.

    ``closed`` must hold all of them: see ``assay.bars.builder``.
    """
    n_closed = 0
    for i in range(price.size):
        row = (session[i], time_ns[i], price[i], size[i], side[i], spread[i], imbalance[i])
        n_closed = step(state[0], row, kind, threshold, closed, n_closed)
    return n_closed
