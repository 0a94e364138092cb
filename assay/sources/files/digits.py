"""Digits in text, read by compiled loops."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numba import njit

END, RETURN, POINT, MINUS, COLON, ZERO, QUOTE, SPACE, JOINT = b'\n\r.-:0" T'
Place: TypeAlias = np.uint64
"""An index into text; numba lets signed ones count from the end, which costs a third of the time."""
ONE, BAD = np.uint64(1), np.uint64((1 << 64) - 1)
"""A step, and the place that stands for a field that cannot be read."""
_NINE = np.uint64(9)


@njit(cache=True, nogil=True)
def digits(text: np.ndarray, place: Place, value: int) -> tuple[Place, int]:
    """Read digits behind a number; return where they end, and the number with them.

    There must be something else behind them. More than 18 digits may be too many for the number.
    """
    digit: Any = np.int64(text[place]) - ZERO
    while np.uint64(digit) <= _NINE:
        value = 10 * value + digit
        place += ONE
        digit = np.int64(text[place]) - ZERO
    return place, value


@njit(cache=True, nogil=True)
def fixed(text: np.ndarray, place: Place, start: int, stop: int) -> int:
    """Return the number that stands from `start` to `stop` behind a place; -1 where not all is digits."""
    value, is_bad = 0, False
    for offset in range(start, stop):
        digit: Any = np.int64(text[place + np.uint64(offset)]) - ZERO
        is_bad = is_bad or bool(np.uint64(digit) > _NINE)
        value = 10 * value + digit
    return -1 if is_bad else value
