"""The symmetric CUSUM filter: an event where prices have moved far enough since the last one."""

from __future__ import annotations

import numpy as np
from numba import njit

from assay.types import Flags, Floats


@njit(cache=True)
def cusum_step(up: float, down: float, move: float, threshold: float) -> tuple[float, float, bool]:
    """Return the sums of the symmetric CUSUM filter after one more move, and whether it fires.

    AFML 2.5.2.1 with an expected move of 0: ``S+ = max(0, S+ + y)``, ``S- = min(0, S- + y)``; the one that has reached
    the threshold fires and starts again from 0, the other goes on, as in Snippet 2.4.
    """
    up, down = max(0.0, up + move), min(0.0, down + move)
    if down <= -threshold:
        return up, 0.0, True
    if up >= threshold:
        return 0.0, down, True
    return up, down, False


@njit(cache=True)
def cusum(moves: Floats, threshold: Floats) -> Flags:
    """Return at which bars the filter fires, shape (n,); without a move or a threshold it stands still."""
    fires = np.zeros(moves.size, np.bool_)
    up = down = 0.0
    for i in range(moves.size):
        if threshold[i] > 0.0 and not np.isnan(moves[i]):
            up, down, fires[i] = cusum_step(up, down, moves[i], threshold[i])
    return fires
