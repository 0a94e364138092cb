"""ISO times in text, without an offset, read by a compiled loop."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from assay.market.zones import DAY_NS, SECOND_NS
from assay.sources.files.digits import BAD, COLON, JOINT, MINUS, ONE, POINT, SPACE, Place, digits, fixed
from assay.sources.moments import YEARS

_WIDTH = 19
"""Characters of a time to the second."""
_FIRST_YEAR, _LAST_YEAR = YEARS.start, YEARS[-1]
_HOURS, _SIXTY, _MONTHS, _FEBRUARY = 24, 60, 12, 2
_NANOS: Any = np.array([10 ** (9 - n) for n in range(10)])
_EPOCH_DAY = 719_468
"""Days from the first of March of year 0 to 1970-01-01."""


@njit(cache=True, nogil=True)
def wall(text: np.ndarray, place: Place, mark: int) -> tuple[Place, int]:
    """Read ``2019-02-04 12:00:00.123``, with up to nine decimals or none, and inside a T, or a space if no mark is one.

    Parameters
    ----------
    text, place
        Text, and where in it the time begins.
    mark
        What separates fields.

    Returns
    -------
    place
        Where it ends; :data:`~assay.sources.files.digits.BAD` for what is no such time.
    time_ns
        Nanoseconds since 1970-01-01 on the clock that it was read from.
    """
    if np.int64(place) + _WIDTH >= text.size or not _shaped(text, place, mark):
        return BAD, 0
    year, month, day = fixed(text, place, 0, 4), fixed(text, place, 5, 7), fixed(text, place, 8, 10)
    hour, minute, second = fixed(text, place, 11, 13), fixed(text, place, 14, 16), fixed(text, place, 17, 19)
    if not (_is_day(year, month, day) and 0 <= hour < _HOURS and 0 <= minute < _SIXTY and 0 <= second < _SIXTY):
        return BAD, 0
    time_ns = _days(year, month, day) * DAY_NS + ((hour * _SIXTY + minute) * _SIXTY + second) * SECOND_NS
    place += np.uint64(_WIDTH)
    if text[place] != POINT:
        return place, time_ns
    end, fraction = digits(text, place + ONE, 0)
    n_decimals: Any = np.int64(end - place) - 1
    return (end, time_ns + fraction * _NANOS[n_decimals]) if 1 <= n_decimals < _NANOS.size else (BAD, 0)


@njit(cache=True, nogil=True)
def _shaped(text: np.ndarray, place: Place, mark: int) -> bool:
    """Return whether the marks of a time stand where they should."""
    joint = text[place + np.uint64(10)]
    right = joint in (SPACE, JOINT) and joint != mark
    for offset, sign in ((4, MINUS), (7, MINUS), (13, COLON), (16, COLON)):
        right &= text[place + np.uint64(offset)] == sign
    return right


@njit(cache=True, nogil=True)
def _is_day(year: int, month: int, day: int) -> bool:
    if not (_FIRST_YEAR <= year <= _LAST_YEAR and 1 <= month <= _MONTHS):
        return False
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= day <= (28 + leap if month == _FEBRUARY else 30 + (month + month // 8) % 2)


@njit(cache=True, nogil=True)
def _days(year: int, month: int, day: int) -> int:
    """Return days since 1970-01-01; a year is counted from March, so that a leap day is its last."""
    year -= month <= _FEBRUARY
    of_year = (153 * ((month + 9) % _MONTHS) + 2) // 5 + day - 1
    return 365 * year + year // 4 - year // 100 + year // 400 + of_year - _EPOCH_DAY
