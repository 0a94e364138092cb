"""What one book tells: who is willing to trade, how much, and what that costs."""

from __future__ import annotations

import numpy as np

from assay.features.book.snapshots import Books, Side, SideName
from assay.stats import rolling
from assay.types import Floats

BPS = 1e4


def imbalance(books: Books, n_levels: int | None = None) -> Floats:
    """Return bids less asks over both, in units of the best levels or of all that are told, shape (n,).

    Notes
    -----
    Cao, Hansch, Wang 2009, of levels together; of the best level alone Gould, Bonart 2016.
    """
    sides = (books.bids, books.asks)
    bids, asks = (side.whole if n_levels is None else side.total(n_levels) for side in sides)
    return rolling.ratio(bids - asks, bids + asks)


def micro_price(books: Books) -> Floats:
    """Return the mid weighted by the sizes across from it, less the mid, basis points of the mid, shape (n,).

    Notes
    -----
    ``(ask * bid_size + bid * ask_size) / (bid_size + ask_size) - mid``, which is half the spread times the imbalance.
    Stoikov 2018 calls this the weighted mid and corrects it by what mids did after such books; a feature
    has no such history, so that correction is left to the model.
    """
    return in_bps(books.spread / 2.0 * imbalance(books, 1), books)


def spread(books: Books) -> Floats:
    """Return best ask less best bid, basis points of the mid, shape (n,)."""
    return in_bps(books.spread, books)


def in_bps(ticks: Floats, books: Books) -> Floats:
    """Return a distance in ticks as basis points of the mid, shape (n,)."""
    return BPS * rolling.ratio(ticks, books.mid)


def slope(side: Side) -> Floats:
    """Return by what fraction the units held grow per basis point away from the best price, shape (n,).

    Notes
    -----
    The mean over the levels of ``(v' / v - 1) / |p' / p - 1|``, from a level to the next, v being the units held up to
    it: the elasticity of Naes, Skjeltorp 2006, which they average over both sides. Two deviations: they take
    the logarithm of v, which another unit of size would change, and begin at the mid, where nothing is held.
    """
    grown = _ratio(side.held[:, 1:] - side.held[:, :-1], side.held[:, :-1])
    apart = _ratio(np.abs(side.price[:, 1:] - side.price[:, :-1]), side.price[:, :-1])
    steps = np.maximum(side.n_levels - 1, 0)
    inside = np.arange(grown.shape[1]) < steps[:, None]
    total = np.cumsum(np.where(inside, _ratio(grown, apart), 0.0), axis=1)
    return rolling.ratio(total[:, -1], BPS * steps) if grown.shape[1] else np.full(steps.size, np.nan)


def cost(books: Books, name: SideName, size: float) -> Floats:
    """Return how far from the mid a market order is filled on average, basis points, shape (n,).

    Parameters
    ----------
    books
        The books.
    name
        Which of their sides the order takes: "ask" for one that buys.
    size
        Units it takes, from the best level on; NaN where the levels told hold less.

    Notes
    -----
    Irvine, Benston, Kandel 2000, one way: they tell the cost of a round trip, the sum of both sides.
    """
    side = books.side(name)
    away = np.abs(side.price - books.mid[:, None])
    filled = np.clip(size - (side.held - side.size), 0.0, side.size)
    paid = np.cumsum(filled * away, axis=1)[:, -1] / size
    return np.where(side.held[:, -1] >= size, in_bps(paid, books), np.nan)


def _ratio(above: Floats, below: Floats) -> Floats:
    return rolling.ratio(np.ravel(above), np.ravel(below)).reshape(above.shape)
