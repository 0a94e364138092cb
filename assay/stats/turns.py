"""Sine and cosine of the time of day, from a table of its seconds."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numba import njit

from assay.types import Floats, Ints

TURN = 2.0 * np.pi
_DAY_S, _SECOND_NS = 86_400, 1_000_000_000
_PER_NS = TURN / (_DAY_S * _SECOND_NS)


def of_day(ns_of_day: Ints) -> tuple[Floats, Floats]:
    """Return sine and cosine of the angle that a 24-hour hand has turned since midnight, shape (n,) each.

    Parameters
    ----------
    ns_of_day
        Nanoseconds since midnight, 0 to one day, shape (n,).

    Notes
    -----
    Of whole seconds these are the sine and the cosine themselves. The angle of the rest is below 7.3e-5, where
    ``sin e = e - e^3 / 6`` and ``cos e = 1 - e^2 / 2`` are exact to 2e-18; with the addition theorems the error is
    that of one rounding.
    """
    sine, cosine = np.empty(ns_of_day.size), np.empty(ns_of_day.size)
    _turn(ns_of_day, *_seconds(), sine, cosine)
    return sine, cosine


@lru_cache
def _seconds() -> tuple[Floats, Floats]:
    """Return sine and cosine of every second of a day."""
    angle = TURN * (np.arange(_DAY_S) / _DAY_S)
    return np.sin(angle), np.cos(angle)


@njit(cache=True)
def _turn(ns_of_day: Ints, sines: Floats, cosines: Floats, sine: Floats, cosine: Floats) -> None:
    for i in range(ns_of_day.size):
        second = np.uint64(ns_of_day[i]) // np.uint64(_SECOND_NS)
        rest_ns = ns_of_day[i] - np.int64(second) * _SECOND_NS
        s, c = sines[second], cosines[second]
        if rest_ns:
            e = rest_ns * _PER_NS
            rise, fall = e - e * e * e * (1.0 / 6.0), 0.5 * e * e
            s, c = s + (c * rise - s * fall), c - (s * rise + c * fall)
        sine[i], cosine[i] = s, c
