"""A universe: which symbols could be traded when, the dead ones included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assay.market.zones import DAY_NS

FOREVER = np.iinfo(np.int64).max
LONG_YEARS = 2.0
"""A universe that is alive as a whole for longer than this was chosen among survivors."""
_YEAR_NS = 365 * DAY_NS


@dataclass(frozen=True)
class Membership:
    """A symbol belongs to the universe from ``entered_ns`` on, until ``left_ns``, not included.

    A symbol that left, or was delisted, stays in the list.
    """

    symbol: str
    entered_ns: int
    left_ns: int = FOREVER


def survivorship(memberships: Sequence[Membership], end_ns: int) -> str:
    """Return a warning if nobody ever left a universe in a range longer than two years, else an empty text.

    Parameters
    ----------
    memberships
        One of each symbol.
    end_ns
        End of the range, ns since 1970-01-01 UTC; it begins with the first entry.

    Notes
    -----
    Companies are delisted at several per cent a year, so a long list without a dead one was made of today's
    survivors, and whatever is tested on it is too good (Brown, Goetzmann, Ibbotson and Ross 1992).
    """
    begin_ns = min((one.entered_ns for one in memberships), default=end_ns)
    years = (end_ns - begin_ns) / _YEAR_NS
    if years <= LONG_YEARS or any(one.left_ns <= end_ns for one in memberships):
        return ""
    return f"nobody left it in {years:.1f} years, so it was chosen among survivors"
