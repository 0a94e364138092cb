"""The step from tick to bar: the one truth, for a whole history and for a live feed.

A tick is a bar of one tick, and a bar takes it in by joining it: see :func:`of_tick` and :func:`joined`.
"""

from __future__ import annotations

import math
from typing import Any

from numba import njit

from assay.bars.closing import IMBALANCE, MONEY, RUN, TICKS
from assay.bars.state import Counts, State, Sums, read
from assay.bars.ticks import Ticks


@njit(cache=True, forceinline=True)
def tick_rule(price: float, last_price: float, last_sign: int) -> int:
    """Return +1 after a rise, -1 after a fall, the sign before at an unchanged price, 0 as long as there is none.

    Lee and Ready 1991, section II; AFML 2.3.2.1.
    """
    move = (price > last_price) * 1 - (price < last_price) * 1
    return move if move != 0 else last_sign


@njit(cache=True, forceinline=True)
def _given(column: Any, i: int, other: Any) -> Any:
    """Return a value of a column, or another one where the column is not given."""
    return other if column is None else column[i]


@njit(cache=True, forceinline=True)
def order_flow(s: Sums, bid: float, ask: float, bid_size: float, ask_size: float) -> float:
    """Return what a quote adds to the order flow after the last one, units; 0 if it is the first, NaN for a trade.

    Cont, Kukanov, Stoikov 2014, eq. 2: ``e = 1{b >= b'} q - 1{b <= b'} q' - 1{a <= a'} r + 1{a >= a'} r'`` of bids b
    with sizes q, asks a with sizes r, and those before with a dash.
    """
    bought = (bid >= s.last_bid) * bid_size - (bid <= s.last_bid) * s.last_bid_size
    return bought - (ask <= s.last_ask) * ask_size + (ask >= s.last_ask) * s.last_ask_size


@njit(cache=True, forceinline=True)
def of_tick(bar: State, session: int, period: int, ticks: Ticks, i: int, form: int, unit: int) -> State:
    """Return tick ``i`` as a bar of its own; ``bar`` holds the price and the sign before it.

    A tick without a given side is signed by the tick rule; one without a sign belongs to neither side. ``form`` and
    ``unit`` tell what fills the bar: see ``assay.bars.closing``. The first quote of a session adds no order flow.

    What is bought and sold are the larger of 0 and the signed size, and of 0 and its opposite: a choice by the sign is
    a jump on processors without AVX-512, and which side comes next cannot be foretold.
    """
    time_ns, price, size = ticks.time_ns[i], ticks.price[i], ticks.size[i]
    spread, imbalance = _given(ticks.spread, i, math.nan), _given(ticks.imbalance, i, math.nan)
    bid, ask = _given(ticks.bid, i, math.nan), _given(ticks.ask, i, math.nan)
    bid_size, ask_size = _given(ticks.bid_size, i, math.nan), _given(ticks.ask_size, i, math.nan)
    flow = order_flow(bar.sums, bid, ask, bid_size, ask_size) * (session == bar.counts.session)
    side = _given(ticks.side, i, 0)
    sign = side if side != 0 else tick_rule(price, bar.sums.last_price, bar.counts.last_sign)
    value, flowed = price * size, size * sign
    amount = 1.0 if unit == TICKS else (value if unit == MONEY else size)
    filled = amount * sign if form == IMBALANCE else (max(0.0, amount * sign) if form == RUN else amount)
    against = max(0.0, -amount * sign) if form == RUN else 0.0
    return State(
        Counts(
            session, period, time_ns, time_ns, 1, (sign > 0) * 1, (sign < 0) * 1, 0, sign, read(bar, time_ns, time_ns)
        ),
        Sums(
            *(price, price, price, price, price),
            *(size, max(0.0, flowed), max(0.0, -flowed), value, 0.0, size),
            *(spread, spread, imbalance, flow, bid, ask, bid_size, ask_size),
            *(filled, against),
        ),
        bar.expected,
    )


@njit(cache=True, forceinline=True)
def joined(bar: State, one: State) -> State:
    """Return an open bar with what came next: its path goes on from close to close."""
    c, d, s, t = bar.counts, one.counts, bar.sums, one.sums
    n_buys, n_sells = c.n_buys + d.n_buys, c.n_sells + d.n_sells
    return State(
        Counts(
            *(c.session, c.period, c.opened_ns, d.closed_ns),
            *(c.n_ticks + d.n_ticks, n_buys, n_sells, 0, d.last_sign, d.read_ns),
        ),
        Sums(
            s.open,
            max(s.high, t.high),
            min(s.low, t.low),
            t.last_price,
            s.price_sum + t.price_sum,
            s.volume + t.volume,
            s.buy_volume + t.buy_volume,
            s.sell_volume + t.sell_volume,
            s.value + t.value,
            s.path + abs(t.last_price - s.last_price),
            max(s.largest, t.largest),
            s.spread_open,
            s.spread_sum + t.spread_sum,
            s.imbalance_sum + t.imbalance_sum,
            s.flow + t.flow,
            *(t.last_bid, t.last_ask, t.last_bid_size, t.last_ask_size),
            s.filled + t.filled,
            s.against + t.against,
        ),
        bar.expected,
    )
