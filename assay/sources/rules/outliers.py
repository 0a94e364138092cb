"""Prices that jump and come back, measured against the moves before them."""

from __future__ import annotations

import numpy as np
from numba import njit

from assay.types import Flags, Floats

BLOCK = 1024
"""Rows that share one limit, and rows whose moves make the limit of the block after them."""
FIRST = 16
"""Row from which on outliers are looked for; until the first full block, limits are made anew at 16, 32, 64 ..."""
FEWEST = 8
"""Moves that are not 0 and make a median."""
TAIL = 2 * BLOCK + 2


class Spikes:
    """Rows further than some median moves from the row before and from the row after, on the same side of both.

    Parameters
    ----------
    moves
        How many median moves are too far.

    Notes
    -----
    With moves :math:`m_i = p_i - p_{i-1}`, row :math:`i` is an outlier where :math:`m_i m_{i+1} < 0` and
    :math:`min(|m_i|, |m_{i+1}|) > k M`. :math:`M` is the median of those absolute moves that are not 0 (prices of
    trades mostly stand still) over the last 1024 rows before the block of :math:`i`: it is known before :math:`i`, and
    does not depend on how the stream is cut. The row after is looked at, so a row is judged when its next has come; the
    last row of a stream is never an outlier.
    """

    def __init__(self, moves: float) -> None:
        self._moves = moves
        self._prices = np.empty(0)
        self._n_rows = 0

    def judge(self, prices: Floats) -> Flags:
        """Return, of the row held back and of all the next rows but the last, which are outliers.

        Parameters
        ----------
        prices
            The next n prices, one or more, without NaN.

        Returns
        -------
        ndarray of bool
            Of n rows, or of n - 1 at the beginning of the stream.
        """
        known = np.concatenate([self._prices, prices])
        first = self._n_rows - self._prices.size
        start, self._n_rows = max(self._n_rows - 1, 0), self._n_rows + prices.size
        self._prices = known[-TAIL:].copy()
        return _judged(known, first, start, self._n_rows - 1, self._moves)


@njit(cache=True, nogil=True)
def _judged(prices: Floats, first: int, start: int, stop: int, moves: float) -> Flags:
    """Judge rows start to stop; ``prices[0]`` is that of row ``first``."""
    far = np.zeros(max(stop - start, 0), np.bool_)
    begin, end, near = 0, FIRST, np.inf
    for i in range(start, stop):
        if i >= end:
            begin, end = _block(i)
            near = 0.0
        j = i - first
        to, back = prices[j] - prices[j - 1], prices[j + 1] - prices[j]
        spike = min(abs(to), abs(back))
        if spike > near and (to > 0.0) != (back > 0.0):
            least = _least(prices[max(begin - BLOCK - 1, 0) - first : begin - first], spike / moves)
            far[i - start] = spike / moves > least
            near = least * moves * (1.0 - 1e-9)
    return far


@njit(cache=True)
def _block(row: int) -> tuple[int, int]:
    """Return the first row of a row's block and the first after it."""
    if row >= BLOCK:
        return row // BLOCK * BLOCK, (row // BLOCK + 1) * BLOCK
    begin = FIRST
    while 2 * begin <= row:
        begin *= 2
    return begin, 2 * begin


@njit(cache=True)
def _least(window: Floats, suspect: float) -> float:
    """Return a bound below the median of the moves that are not 0: at least ``suspect``, or else the median itself.

    A bound is cheaper: more than half of the moves are larger. Only where that fails are the moves sorted.
    """
    n_moves, n_larger, n_much_larger = 0, 0, 0
    for j in range(1, window.size):
        move = abs(window[j] - window[j - 1])
        n_moves += move > 0.0
        n_larger += move > suspect
        n_much_larger += move > 8.0 * suspect
    if n_moves < FEWEST:
        return np.inf
    if 2 * n_much_larger > n_moves:
        return 8.0 * suspect
    if 2 * n_larger > n_moves:
        return suspect
    sizes = np.abs(window[1:] - window[:-1])
    return float(np.median(sizes[sizes > 0.0]))
