"""One side of an order book, kept in place: the compiled steps that every replay of it takes."""

from __future__ import annotations

from numba import njit

from assay.types import Floats, Ints


@njit(cache=True)
def clear(held: Floats | Ints, ends: Ints, step: int) -> None:
    """Empty a side: `held` has the size at each price, rising; `ends` its best and worst place, and how many are held.

    The best lies at the lowest price if `step` is 1, at the highest if it is -1.
    """
    held[:] = 0
    ends[0] = held.size if step > 0 else -1
    ends[1] = -1 if step > 0 else held.size
    ends[2] = 0


@njit(cache=True)
def change(held: Floats | Ints, ends: Ints, level: Ints, size: Floats | Ints, step: int, n_kept: int) -> None:
    """Apply one update: `size` is what the places `level` now hold, 0 for nothing; beyond `n_kept` the worst go."""
    for j in range(level.size):
        at = level[j]
        ends[2] += int(size[j] > 0) - int(held[at] > 0)
        held[at] = size[j]
        if size[j] > 0:
            ends[0] = at if (at - ends[0]) * step < 0 else ends[0]
            ends[1] = at if (at - ends[1]) * step > 0 else ends[1]
    while ends[2] > n_kept:
        while held[ends[1]] <= 0:
            ends[1] -= step
        held[ends[1]] = 0
        ends[2] -= 1
    while ends[2] > 0 and held[ends[0]] <= 0:
        ends[0] += step


@njit(cache=True)
def top(held: Floats | Ints, ends: Ints, step: int, places: Ints) -> int:
    """Write the best places that hold something, and return how many there are."""
    n, at = 0, ends[0]
    while n < min(ends[2], places.size):
        if held[at] > 0:
            places[n] = at
            n += 1
        at += step
    return n
