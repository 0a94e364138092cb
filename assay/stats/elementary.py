"""Logarithm and exponential of arrays, one value at a time.

numpy picks a vector routine by processor, and their last bits differ; the C library's scalar routines, called from
compiled loops, agree on all x86-64 processors with FMA (2013 and later) under glibc. Whatever reaches an output goes
through these.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from assay.types import Floats


def log(x: Floats) -> Floats:
    """Return the natural logarithm of each value; NaN where it is 0 or less."""
    out = np.empty_like(x)
    _log(x, out)
    return out


def exp(x: Floats) -> Floats:
    """Return the exponential of each value."""
    out = np.empty_like(x)
    _exp(x, out)
    return out


@njit(cache=True)
def _log(x: Floats, out: Floats) -> None:
    for i in range(x.size):
        out[i] = math.log(x[i]) if x[i] > 0.0 else math.nan


@njit(cache=True)
def _exp(x: Floats, out: Floats) -> None:
    for i in range(x.size):
        out[i] = math.exp(x[i])
