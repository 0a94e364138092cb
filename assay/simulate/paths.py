"""Paths of cumulative profit: only what is asked of a path is kept."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from assay.metrics.drawdown import max_fall
from assay.simulate.bootstrap import step
from assay.types import Floats, Ints


class Paths(NamedTuple):
    """What is kept of ``n_sims`` paths, all in the unit of the profits.

    ``final`` and ``drawdown`` have shape ``(n_sims,)``; ``at`` has shape ``(n_sims, n_marks)`` and holds the profit
    reached after each number of trades in ``marks``.
    """

    marks: Ints
    final: Floats
    drawdown: Floats
    at: Floats


def simulate(profits: Floats, n_sims: int, block_length: float, n_marks: int, generator: np.random.Generator) -> Paths:
    """Draw bootstrap copies of a sequence of profits, each as long as the sequence.

    Parameters
    ----------
    profits
        Profit of each trade in order, shape ``(n,)``, n >= 1, account currency.
    n_sims
        Number of paths.
    block_length
        Mean length of a block, trades, >= 1.
    n_marks
        Most points at which the paths are looked at; the start and the end are always among them.
    generator
        Source of all draws; the same generator state gives the same paths, path after path.
    """
    marks = np.unique(np.linspace(0, profits.size, min(n_marks, profits.size + 1)).astype(np.int64))
    final, drawdown = np.empty(n_sims), np.empty(n_sims)
    at = np.empty((n_sims, marks.size))
    _walk(profits, block_length, marks, generator, final, drawdown, at)
    return Paths(marks, final, drawdown, at)


@njit(cache=True)
def _walk(
    profits: Floats,
    block_length: float,
    marks: Ints,
    generator: np.random.Generator,
    final: Floats,
    drawdown: Floats,
    at: Floats,
) -> None:
    """Fill the outputs path by path."""
    n = profits.size
    reached = np.zeros(n + 1)
    for path in range(final.size):
        drawn = -1
        for i in range(n):
            drawn = step(drawn, n, 1.0 / block_length, generator)
            reached[i + 1] = reached[i] + profits[drawn]
        final[path], drawdown[path] = reached[n], max_fall(reached, 0.0)
        at[path] = reached[marks]
