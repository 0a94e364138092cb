"""Numbers as letters, each known with its number: by sign, by rank among the last ones, and in units of their size.

Letters are 0, 1, 2 ...; ``UNKNOWN`` stands where there is none yet.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from assay.stats import rolling
from assay.types import Floats, Ints

UNKNOWN = -1


def signs(x: Floats) -> Ints:
    """Return 0 for a fall, 1 for no change, 2 for a rise, shape (n,).

    Notes
    -----
    Lopez de Prado 2018, 18.5.1 has two letters and drops what did not change. A window without those rows has no
    length known beforehand; here they keep a letter of their own, and where the price always moves, two are left.
    """
    return np.where(np.isnan(x), UNKNOWN, np.sign(np.nan_to_num(x)) + 1.0).astype(np.int64)


def quantiles(x: Floats, window: int, n_letters: int) -> Ints:
    """Return in which of equally long parts of its ranked window a number falls, shape (n,).

    Notes
    -----
    ``floor(n_letters * below / window)``, below the count of the window's numbers that are smaller. Lopez de Prado
    2018, 18.5.2 takes the quantiles of all data; here they are those of the window that ends with the number.
    """
    letters = np.empty(x.size, np.int64)
    _rank(x, window, n_letters, letters)
    return letters


def sigmas(x: Floats, window: int, limit: int) -> Ints:
    """Return how many root mean squares of its window a number is from 0, shape (n,): rounded, then up to a limit.

    Letters are 0 for ``-limit`` or less, to ``2 limit`` for ``limit`` or more; ``limit`` where all numbers are 0.

    Notes
    -----
    Lopez de Prado 2018, 18.5.3 cuts the range of all data into steps of one standard deviation; here the step is that
    of the window that ends with the number, without a mean, and the range is cut off, so that no letter is new.
    """
    size = rolling.root_mean(x * x, window)
    steps = np.where(size == 0.0, 0.0, rolling.ratio(x, size))
    letters = np.clip(np.rint(steps), -limit, limit) + limit
    return np.where(np.isnan(letters), UNKNOWN, np.nan_to_num(letters)).astype(np.int64)


@njit(cache=True)
def _rank(x: Floats, window: int, n_letters: int, letters: Ints) -> None:
    known = 0
    for i in range(x.size):
        known = 0 if np.isnan(x[i]) else known + 1
        if known < window:
            letters[i] = UNKNOWN
            continue
        below = 0
        for value in x[i + 1 - window : i + 1]:
            below += value < x[i]
        letters[i] = n_letters * below // window
