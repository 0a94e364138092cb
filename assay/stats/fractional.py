"""Fractional differences of a fixed width: memory of a price kept, its trend taken away."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from assay.stats.decays import fitted
from assay.stats.weighing import decaying, weighed
from assay.types import Floats

_ONE_BY_ONE = 64
_LONG = 256


def weights(order: float, threshold: float) -> Floats:
    """Return the weights of a fractional difference, lag 0 first, shape (k,).

    Parameters
    ----------
    order
        d, above 0; 1 is the difference from one value to the next.
    threshold
        The first weight nearer to 0 than this ends them; above 0.

    Notes
    -----
    The coefficients of ``(1 - B)^d``: ``w_0 = 1, w_k = -w_(k-1) (d - k + 1) / k`` (Hosking 1981; Lopez de Prado 2018,
    5.4.2 and 5.5).
    """
    found = [1.0]
    while abs(following := -found[-1] * (order - len(found) + 1) / len(found)) >= threshold:
        found.append(following)
    return np.array(found)


def difference(x: Floats, order: float, threshold: float) -> Floats:
    """Return ``sum_k w_k x_(t-k)`` over the window of the weights, shape (n,); NaN before the first whole one.

    Notes
    -----
    From 256 weights on, all but the newest 64 or more are a sum of decays, whose absolute errors sum to 1e-10 at most
    (``assay.stats.decays``), and the error of that sum is taken out of the newest weight. So the error is at most
    1e-10 of the largest distance between x_t and a value of its window, and the sum of a constant is exact to rounding.
    """
    near, ratios, amounts, length = _split(order, threshold)
    return decaying(x, near, ratios, amounts, length) if length else weighed(x, near)


@lru_cache(maxsize=256)
def _split(order: float, threshold: float) -> tuple[Floats, Floats, Floats, int]:
    """Return the newest weights, and the decays of how many others; of those, a number with few binary digits."""
    all_of_them = weights(order, threshold)
    none = np.empty(0)
    spare = all_of_them.size - _ONE_BY_ONE
    step = 1 << max(spare.bit_length() - 4, 3)
    length = spare // step * step
    start = all_of_them.size - length
    decays = fitted(all_of_them, start) if all_of_them.size >= _LONG else None
    if decays is None:
        return all_of_them, none, none, 0
    near = all_of_them[:start].copy()
    near[0] += all_of_them[start:].sum() - _total(*decays, length)
    return near, *decays, length


def _total(ratios: Floats, amounts: Floats, length: int) -> float:
    """Return the sum of all weights that decays stand for."""
    found = 0.0
    for ratio, amount in zip(ratios.tolist(), amounts.tolist(), strict=True):
        weight = amount
        for _ in range(length):
            found += weight
            weight *= ratio
    return found
