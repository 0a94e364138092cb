"""The stationary bootstrap: blocks of random length, joined end to end, the series taken as a circle."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def step(at: int, n: int, restart: float, generator: np.random.Generator) -> int:
    """Return the next observation of a bootstrap copy: the one that followed, or the start of a new block.

    Parameters
    ----------
    at
        Index of the observation drawn last; -1 before the first.
    n
        Observations in the series.
    restart
        Probability that the block ends here: 1 / (mean length of a block).
    generator
        Source of the draws: one, and a second one at the start of a block.

    Notes
    -----
    Block lengths are geometric and their starts uniform, so the copy is stationary given the series and its mean is
    expected to be the mean of the series: Politis and Romano (1994), JASA 89(428), section 2.
    """
    if at >= 0 and generator.random() >= restart:
        return (at + 1) % n
    return min(int(generator.random() * n), n - 1)
