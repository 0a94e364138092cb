"""Dukascopy's records, one after the other: big-endian words of 32 bits -> columns, in one pass."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from assay.market.zones import SECOND_NS
from assay.sources.decode.times import MILLISECOND_NS
from assay.tables.flags import Flag
from assay.types import Floats, Ints

UNITS_PER_VOLUME = np.float64(1e6)
FLAT = np.uint16(Flag.FLAT.value)

Words: TypeAlias = NDArray[np.uint32]
"""Words as they lie in the file, read as little-endian ones."""


@njit(cache=True)
def quoted(words: Words, start_ns: int, per_unit: float) -> tuple[np.int64, Ints, Floats]:
    """Return the quotes of records of five words: ms, ask, bid, ask volume, bid volume.

    Parameters
    ----------
    words
        Shape (5 n,).
    start_ns
        Start of the hour, ns since 1970-01-01 UTC.
    per_unit
        Steps per unit of price.

    Returns
    -------
    tuple
        The latest ms; times, ns, shape (n,); bid, ask, bid size and ask size, units, shape (4, n).
    """
    n_quotes, latest = words.size // 5, np.int64(0)
    time_ns, found = np.empty(n_quotes, np.int64), np.empty((4, n_quotes))
    for i in range(n_quotes):
        at = 5 * i
        ms = np.int64(_native(words[at]))
        latest = max(latest, ms)
        time_ns[i] = start_ns + ms * MILLISECOND_NS
        found[0, i], found[1, i] = _native(words[at + 2]) / per_unit, _native(words[at + 1]) / per_unit
        found[2, i], found[3, i] = _units(words[at + 4]), _units(words[at + 3])
    return latest, time_ns, found


@njit(cache=True)
def drawn(
    words: Words, start_ns: int, step_ns: int, lag_ns: int, per_unit: float
) -> tuple[Ints, Floats, NDArray[np.uint16]]:
    """Return the candles of records of six words: seconds, open, close, low, high, volume.

    Parameters
    ----------
    words
        Shape (6 n,).
    start_ns
        Start of the file's period, ns since 1970-01-01 UTC.
    step_ns, lag_ns
        Period of a candle, and how long after its end it could be known.
    per_unit
        Steps per unit of price.

    Returns
    -------
    tuple
        When it opened, closed and was known, ns, shape (3, n); open, high, low, close and volume, shape (5, n); flags,
        shape (n,): ``Flag.FLAT`` where nothing was traded.
    """
    n_candles = words.size // 6
    time_ns, found = np.empty((3, n_candles), np.int64), np.empty((5, n_candles))
    flags = np.zeros(n_candles, np.uint16)
    for i in range(n_candles):
        at = 6 * i
        time_ns[0, i] = start_ns + np.int64(_native(words[at])) * SECOND_NS
        time_ns[1, i] = time_ns[0, i] + step_ns
        time_ns[2, i] = time_ns[1, i] + lag_ns
        found[0, i], found[3, i] = _native(words[at + 1]) / per_unit, _native(words[at + 2]) / per_unit
        found[2, i], found[1, i] = _native(words[at + 3]) / per_unit, _native(words[at + 4]) / per_unit
        found[4, i] = _units(words[at + 5])
        if found[4, i] == 0.0:
            flags[i] = FLAT
    return time_ns, found, flags


@njit(cache=True)
def _native(word: int) -> np.uint32:
    """Return the number of a word: its bytes the other way round."""
    return np.uint32(word >> 24 | word >> 8 & 0xFF00 | word << 8 & 0xFF0000 | word << 24 & 0xFF000000)


@njit(cache=True)
def _units(word: int) -> float:
    """Return the volume of a word, a float in millions, as units; a damaged one may be no number."""
    return np.uint32(_native(word)).view(np.float32) * UNITS_PER_VOLUME
