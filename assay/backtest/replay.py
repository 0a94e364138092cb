"""A whole book: the one-step core walked over every bar and every decision."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from assay.backtest.book import FLAT, HOLDING, LEAVING, STATE, TRADE, Market, Orders, decide, step
from assay.backtest.fills import Terms
from assay.backtest.sizing import Sizing
from assay.labels.barriers import ExitRules
from assay.types import Floats


class Outcome(NamedTuple):
    """Finished trades (TRADE), the last state (STATE), and position, gross and net profit at each close."""

    trades: NDArray[Any]
    state: Any
    position: Floats
    gross: Floats
    net: Floats


def replay(market: Market, orders: Orders, rules: ExitRules, terms: Terms, sizing: Sizing) -> Outcome:
    """Trade a list of decisions.

    Parameters
    ----------
    market, orders, terms, sizing
        See the classes. Decisions lie inside the bars.
    rules
        Horizons and touch rule of the barriers. Whatever they say, a fill is never at the close that decides.

    Returns
    -------
    Outcome
        A trade that is still open when the data end is left out of the trades and of the equity; then the state is
        not FLAT.

    Notes
    -----
    The book is flat from the bar of an exit on, so a decision at the close of that bar is the first that it can take.
    While an exit waits for the next open the position is still held: its result is not known, so neither the size nor
    the limits of a next trade are, and a decision is skipped.
    """
    state, trades = np.zeros(1, STATE), np.zeros(orders.decided.size + 1, TRADE)
    position, gross, net = np.zeros((3, market.open.size))
    _replay(market, orders, rules._replace(at_close=False), terms, sizing, state, trades, position, gross, net)
    last = state[0]
    if last["status"] != FLAT:
        since = slice(trades["entered"][last["n_trades"]] or market.open.size, None)
        position[since], gross[since], net[since] = 0.0, last["gross"], last["net"]
    return Outcome(trades[: last["n_trades"]], last, position, gross, net)


@njit(cache=True)
def _open_profit(state: Any, trade: Any, close: float, terms: Terms) -> tuple[float, float, float]:
    """Return signed lots, and gross and net profit of the open trade at a close, after the costs of its entry."""
    if state.status not in (HOLDING, LEAVING):
        return 0.0, 0.0, 0.0
    gross = trade.side * (close - trade.entry) * (trade.lots * terms.multiplier)
    return trade.side * trade.lots, gross, gross - trade.spread_cost - trade.slippage_cost - trade.fee_cost


@njit(cache=True)
def _replay(
    market: Market,
    orders: Orders,
    rules: ExitRules,
    terms: Terms,
    sizing: Sizing,
    state: NDArray[Any],
    trades: NDArray[Any],
    position: Floats,
    gross: Floats,
    net: Floats,
) -> None:
    """Walk over the bars; the outputs are filled in place."""
    book, k = state[0], 0
    for j in range(market.open.size):
        if market.session[j] != book.session:
            book.session, book.n_in_session, book.in_session = market.session[j], 0, 0.0
        step(book, trades[book.n_trades], market, j, rules, terms)
        held, open_gross, open_net = _open_profit(book, trades[book.n_trades], market.close[j], terms)
        position[j], gross[j], net[j] = held, book.gross + open_gross, book.net + open_net
        if k < orders.decided.size and orders.decided[k] == j:
            decide(book, trades[book.n_trades], orders, k, sizing)
            k += 1
