"""A universe: which symbols could be traded when, the dead ones included."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl

from assay.errors import DataError
from assay.market.zones import DAY_NS

FOREVER = np.iinfo(np.int64).max
_YEAR_NS = 365 * DAY_NS


@dataclass(frozen=True)
class Membership:
    """A symbol belongs to the universe from ``entered_ns`` on, until ``left_ns``, not included."""

    symbol: str
    entered_ns: int
    left_ns: int = FOREVER


@dataclass(frozen=True)
class Universe:
    """Symbols with the dates of their entry and exit. A symbol that left, or was delisted, stays in the list.

    A symbol may enter again; its memberships do not overlap.

    Raises
    ------
    DataError
        If a membership ends before it begins, or overlaps another of the same symbol.
    """

    memberships: tuple[Membership, ...]

    def __post_init__(self) -> None:
        ordered = sorted(self.memberships, key=lambda one: (one.symbol, one.entered_ns))
        for one in ordered:
            if one.left_ns <= one.entered_ns:
                raise DataError(f"universe {one.symbol}", "must leave after it enters", one, "correct the dates")
        for one, after in pairwise(ordered):
            if one.symbol == after.symbol and after.entered_ns < one.left_ns:
                raise DataError(f"universe {one.symbol}", "must leave before it enters again", after, "join the two")

    def members(self, at_ns: int) -> tuple[str, ...]:
        """Return the symbols that belong to the universe at an instant, sorted."""
        return tuple(sorted(one.symbol for one in self.memberships if one.entered_ns <= at_ns < one.left_ns))

    def mask(self, frame: pl.DataFrame, at: str = "time") -> pl.Series:
        """Return whether each row, of column ``symbol`` and instant ``at``, is of a member at its time."""
        time_ns = pl.col(at).cast(pl.Datetime("ns", "UTC")).to_physical()
        inside = [
            (pl.col("symbol") == one.symbol) & (time_ns >= one.entered_ns) & (time_ns < one.left_ns)
            for one in self.memberships
        ]
        nobody = pl.repeat(value=False, n=pl.len())
        return frame.select(pl.any_horizontal(nobody, *inside).alias("member"))["member"]

    def survivorship(self, end_ns: int, longest_years: float = 2.0) -> str:
        """Return a warning if nobody ever left in a range longer than some years, else an empty text.

        Companies are delisted at several per cent a year, so a long list without a dead one was made of today's
        survivors, and whatever is tested on it is too good (Brown, Goetzmann, Ibbotson and Ross 1992).
        """
        begin_ns = min((one.entered_ns for one in self.memberships), default=end_ns)
        years = (end_ns - begin_ns) / _YEAR_NS
        if years <= longest_years or any(one.left_ns <= end_ns for one in self.memberships):
            return ""
        n = len({one.symbol for one in self.memberships})
        return f"all {n} symbols are alive after {years:.1f} years: the universe was chosen among survivors"
