"""One book, bar by bar: at most one position, decided at a close, filled at the next open."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from assay.backtest.fills import Terms, fill_costs
from assay.backtest.sizing import Sizing, lots_for
from assay.labels.barriers import OPEN, TP, VERTICAL, ExitRules, filled, touched
from assay.types import Flags, Floats, Ints, Signs

FLAT, ENTERING, HOLDING, LEAVING = 0, 1, 2, 3
"""Where a book stands at the close of a bar: without a position, entering or leaving at the next open, or in one."""

_TRADE_INTS = ("order", "decided", "entered", "exited", "side", "reason")
_TRADE_FLOATS = ("lots", "entry", "exit", "tp", "sl", "gross", "spread_cost", "slippage_cost", "fee_cost", "net")
TRADE = np.dtype([(name, np.int64) for name in _TRADE_INTS] + [(name, np.float64) for name in _TRADE_FLOATS])
"""One trade, field by field as table ROUND_TRIPS; ``order`` is the row of the decision."""

SKIPS = ("in_position", "no_size", "session_trades", "session_loss")
"""Why a decision is not traded: the book is not flat, 0 lots, and the two limits of a session."""

_STATE_INTS = ("status", "n_trades", "session", "n_in_session", *SKIPS)
STATE = np.dtype([(name, np.int64) for name in _STATE_INTS] + [(n, np.float64) for n in ("gross", "net", "in_session")])
"""State of a book: realised profits since the start and since the start of the session, and what was skipped."""


NEVER: Flags = np.zeros(0, np.bool_)
"""No bar ends every trade."""


class Market(NamedTuple):
    """Bars of one market, columns of shape (n,): prices, ask - bid at the open, session day.

    ``flat`` are the bars at whose close every trade is left, see :mod:`assay.labels.closing`; empty for none.
    """

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    spread: Floats
    session: Ints
    flat: Flags = NEVER


class Orders(NamedTuple):
    """Decisions by rising bar, columns of shape (k,): the bar, side +1 or -1, distances of the two barriers."""

    decided: Ints
    side: Signs
    tp: Floats
    sl: Floats


@njit(cache=True)
def step(state: Any, trade: Any, market: Market, j: int, rules: ExitRules, terms: Terms) -> None:
    """Bring a book from the close of bar ``j - 1`` to the close of bar ``j``; nothing after it is looked at.

    ``state`` is a record of STATE, ``trade`` the record of TRADE that is being made; both are changed in place.
    """
    if state.status == LEAVING:
        _, price, _ = filled(
            market.open, market.close, j - 1, trade.reason, trade.entry, trade.side, trade.tp, trade.sl, rules
        )
        _exit(state, trade, market, j, price, terms.slippage, terms)
    if state.status == ENTERING:
        trade.entered, trade.entry, state.status = j, market.open[j], HOLDING
        _pay(trade, market.open[j], market.spread[j], terms.slippage, terms)
    if state.status == HOLDING:
        _look(state, trade, market, j, rules, terms)


@njit(cache=True)
def decide(state: Any, trade: Any, orders: Orders, k: int, sizing: Sizing) -> None:
    """Take or skip decision ``k`` at the close of its bar; records are changed in place.

    Trades count in the session in which they are decided, losses in the session in which they are realised.
    """
    if state.status != FLAT:
        state.in_position += 1
    elif 0 < sizing.max_trades_per_session <= state.n_in_session:
        state.session_trades += 1
    elif 0.0 < sizing.max_session_loss <= -state.in_session:
        state.session_loss += 1
    else:
        trade.lots = lots_for(sizing.capital + state.net, orders.sl[k], sizing)
        if trade.lots > 0.0:
            state.status = ENTERING
            state.n_in_session += 1
            trade.order, trade.decided, trade.side = k, orders.decided[k], orders.side[k]
            trade.tp, trade.sl = orders.tp[k], orders.sl[k]
        else:
            state.no_size += 1


@njit(cache=True)
def _look(state: Any, trade: Any, market: Market, j: int, rules: ExitRules, terms: Terms) -> None:
    """Ask the exit rules about bar ``j``; an exit inside it is filled, any other waits for the next open."""
    age, closing = j - trade.decided, market.flat.size > 0 and market.flat[j]
    if age < rules.min_horizon:
        if closing:
            trade.reason, state.status = VERTICAL, LEAVING
        return
    reason, gap = touched(
        market.open[j],
        market.high[j],
        market.low[j],
        market.close[j],
        trade.entry,
        trade.side,
        trade.tp,
        trade.sl,
        rules,
    )
    if reason == OPEN and age < rules.max_horizon and not closing:
        return
    trade.reason = VERTICAL if reason == OPEN else reason
    if gap:
        _exit(state, trade, market, j, market.open[j], 0.0 if reason == TP else terms.slippage, terms)
    elif rules.resting and reason == TP:
        _exit(state, trade, market, j, trade.entry + trade.side * trade.tp, 0.0, terms)
    else:
        state.status = LEAVING


@njit(cache=True)
def _exit(state: Any, trade: Any, market: Market, j: int, price: float, slippage: float, terms: Terms) -> None:
    """Close the trade and realise its profit."""
    trade.exited, trade.exit = j, price
    _pay(trade, price, market.spread[j], slippage, terms)
    trade.gross = trade.side * (price - trade.entry) * (trade.lots * terms.multiplier)
    trade.net = trade.gross - trade.spread_cost - trade.slippage_cost - trade.fee_cost
    state.gross += trade.gross
    state.net += trade.net
    state.in_session += trade.net
    state.status = FLAT
    state.n_trades += 1


@njit(cache=True)
def _pay(trade: Any, price: float, spread: float, slippage: float, terms: Terms) -> None:
    half_spread, slipped, fee = fill_costs(price, trade.lots, spread, slippage, terms)
    trade.spread_cost += half_spread
    trade.slippage_cost += slipped
    trade.fee_cost += fee
