"""Quotes of single exchanges -> the best bid and offer of all of them."""

from __future__ import annotations

import numpy as np
from numba import njit

from assay.types import Flags, Floats, Ints


@njit(cache=True)
def consolidated(
    exchange: Ints, bid: Floats, bid_size: Floats, ask: Floats, ask_size: Floats, n_exchanges: int
) -> tuple[Floats, Flags]:
    """Return the best quote after every row.

    Parameters
    ----------
    exchange
        Whose quote it is, from 0, shape (n,).
    bid, bid_size, ask, ask_size
        What it quotes, each of shape (n,); a price of 0 says nothing about that side.
    n_exchanges
        How many there are.

    Returns
    -------
    Floats
        Best bid, units at it, best ask, units at it, shape (n, 4): the dearest bid and the cheapest ask among the last
        quotes of every exchange, with the sizes of all that quote this price.
    Flags
        Whether both sides have a price, shape (n,).

    Notes
    -----
    The archives do not say when an exchange takes its quote away, and last quotes alone would be crossed nearly all
    day. A quote may not lock or cross another exchange's (Regulation NMS, 2005, rule 610(d)): so a quote that is met or
    passed by a newer one is gone, until its exchange quotes again.
    """
    bids, bid_sizes = np.zeros(n_exchanges), np.zeros(n_exchanges)
    asks, ask_sizes = np.full(n_exchanges, np.inf), np.zeros(n_exchanges)
    best, both = np.empty((exchange.size, 4)), np.empty(exchange.size, np.bool_)
    for i in range(exchange.size):
        here, has_bid, has_ask = exchange[i], bid[i] > 0, ask[i] > 0
        if has_bid:
            bids[here], bid_sizes[here] = bid[i], bid_size[i]
        if has_ask:
            asks[here], ask_sizes[here] = ask[i], ask_size[i]
        for k in range(n_exchanges):
            newer = has_bid and has_ask and k == here
            asks[k] = np.inf if has_bid and asks[k] <= bid[i] and not newer else asks[k]
            bids[k] = 0.0 if has_ask and bids[k] >= ask[i] and not newer else bids[k]
        best[i, 0], best[i, 1] = _largest(bids, bid_sizes)
        best[i, 2], best[i, 3] = _largest(-asks, ask_sizes)
        best[i, 2] *= -1
        both[i] = best[i, 0] > 0 and best[i, 2] < np.inf
    return best, both


@njit(cache=True)
def _largest(prices: Floats, sizes: Floats) -> tuple[float, float]:
    """Return the largest price, and the units at it."""
    top, size = prices[0], 0.0
    for k in range(prices.size):
        if prices[k] > top:
            top, size = prices[k], 0.0
        size += sizes[k] if prices[k] == top else 0.0
    return top, size
