"""Statistics of neighbouring pieces of a series, merged into those of both together.

Two pieces that follow one another, with n and m values, means ``a, b`` and central sums ``A_p = sum (x - a)^p, B_p``,
are merged by Chan, Golub, LeVeque 1979 and Pebay 2008, eq. 2.1. In the formulae here ``N = n + m``, ``d = b - a``,
``p = n / N`` and ``q = m / N``.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

SPREAD, SHAPE, PAIR = range(3)
"""What stands for a piece: mean and sum of squares; these and the sums of third and of fourth powers; mean and sum of
squares of either series and the sum of products."""
N_STATES = (2, 4, 5)

Table: TypeAlias = NDArray[np.float64]
"""States of pieces, shape (states, pieces)."""


@njit(cache=True)
def merge(
    kind: int, new: Table, at: int, n: int, old: Table, since: int, m: int, into: Table, to: int, size: int
) -> None:
    """Merge ``size`` pieces of n values, from column ``at`` on, with those of m, from ``since`` on, before them.

    Plain numbers, not slices of tables: the compiler makes one version of it, and does several columns at a time.
    """
    p, q = n / (n + m), m / (n + m)
    for row in range(0, 3 if kind == PAIR else 1, 2):
        _spread(row, new, at, old, since, into, to, size, n * q, q)
    if kind == SHAPE:
        _shape(new, at, old, since, into, to, size, n * q, p, q)
    elif kind == PAIR:
        _product(new, at, old, since, into, to, size, n * q)


@njit(cache=True)
def _spread(
    row: int, new: Table, at: int, old: Table, since: int, into: Table, to: int, size: int, weight: float, q: float
) -> None:
    """Mean ``a + d q`` and sum of squares ``A_2 + B_2 + d^2 n q``, in two rows."""
    a, a2 = new[row, at : at + size], new[row + 1, at : at + size]
    b, b2 = old[row, since : since + size], old[row + 1, since : since + size]
    mean, square = into[row, to : to + size], into[row + 1, to : to + size]
    for i in range(size):
        d = b[i] - a[i]
        mean[i] = a[i] + d * q
        square[i] = a2[i] + b2[i] + d * d * weight


@njit(cache=True)
def _shape(
    new: Table, at: int, old: Table, since: int, into: Table, to: int, size: int, weight: float, p: float, q: float
) -> None:
    """Merge sums of powers.

    Third ``A_3 + B_3 + d^3 n q (p - q) + 3 d (p B_2 - q A_2)``; fourth ``A_4 + B_4 + d^4 n q (p^2 - p q + q^2) +
    6 d^2 (p^2 B_2 + q^2 A_2) + 4 d (p B_3 - q A_3)``.
    """
    a, a2, a3, a4 = (new[0, at:], new[1, at:], new[2, at:], new[3, at:])
    b, b2, b3, b4 = (old[0, since:], old[1, since:], old[2, since:], old[3, since:])
    third, fourth = into[2, to : to + size], into[3, to : to + size]
    cube, power = weight * (p - q), weight * (p * p - p * q + q * q)
    for i in range(size):
        d = b[i] - a[i]
        third[i] = a3[i] + b3[i] + d * (d * d * cube + 3.0 * (p * b2[i] - q * a2[i]))
        inner = d * (d * d * power + 6.0 * (p * p * b2[i] + q * q * a2[i])) + 4.0 * (p * b3[i] - q * a3[i])
        fourth[i] = a4[i] + b4[i] + d * inner


@njit(cache=True)
def _product(new: Table, at: int, old: Table, since: int, into: Table, to: int, size: int, weight: float) -> None:
    """Sum of products ``A_xy + B_xy + d_x d_y n q``."""
    ax, ay, a = new[0, at:], new[2, at:], new[4, at:]
    bx, by, b = old[0, since:], old[2, since:], old[4, since:]
    product = into[4, to : to + size]
    for i in range(size):
        product[i] = a[i] + b[i] + (bx[i] - ax[i]) * (by[i] - ay[i]) * weight
