"""The period of bars, by the steps between them."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from assay.errors import DataError
from assay.market.zones import DAY_NS, SECOND_NS
from assay.sources.ranges import UNITS_NS, period_ns

_HOUR_NS = UNITS_NS["h"]


def interval_ns(opened_at: pl.Series, default: str, path: Path) -> int:
    """Return the period of bars: the most frequent step, which all other steps are multiples of.

    Where there are not two times, it is the one that params name. Steps back, which a rule judges, do not count. Days
    may be an hour shorter or longer, where clocks are put forward or back.

    Raises
    ------
    DataError
        If the steps have no such period.
    """
    steps = opened_at.drop_nulls().diff().to_physical().abs().drop_nulls()
    steps = steps.filter(steps > 0)
    if not steps.len():
        return period_ns(default)
    counts = steps.value_counts(sort=True).rename({steps.name: "step"}).sort("count", "step", descending=[True, False])
    period, n_most = (int(counts[name][0]) for name in ("step", "count"))
    period = round(period / DAY_NS) * DAY_NS if abs(period % DAY_NS - DAY_NS) <= _HOUR_NS else period
    rest = steps % period
    spare = _HOUR_NS if period % DAY_NS == 0 else 0
    odd = steps.filter((rest > spare) & (rest < period - spare))
    if odd.len() or n_most * 2 <= steps.len() or (steps < period - spare).any():
        other = int(odd[0]) if odd.len() else int(counts["step"][-1])
        found = f"{period / SECOND_NS:g} s and {other / SECOND_NS:g} s"
        raise DataError(path, "bars must have one period", found, "name one period per feed, or set data.kind")
    return period


class Periods:
    """Holds the bars of all files of a feed against their period, which a file of one bar cannot tell.

    A period that is too short would make bars known before they have ended.
    """

    def __init__(self) -> None:
        self._period: int | None = None
        self._last: int | None = None
        self._shortest: int | None = None

    def begin(self, period: int, path: Path) -> None:
        """Begin a file.

        Raises
        ------
        DataError
            If its period is another one than that of the files before it.
        """
        if self._period not in (None, period):
            found = f"{period / SECOND_NS:g} s after {(self._period or 0) / SECOND_NS:g} s"
            raise DataError(path, "bars of all files must have one period", found, "set data.interval to it")
        self._period = period

    def see(self, opened_at: pl.Series) -> None:
        """Look at the next bars."""
        times = opened_at.drop_nulls().to_physical()
        before = pl.Series([] if self._last is None else [self._last], dtype=pl.Int64)
        steps = pl.concat([before, times]).diff().abs()
        shortest = steps.filter(steps > 0).min()
        if isinstance(shortest, int):
            self._shortest = min(shortest, self._shortest or shortest)
        self._last = times[-1] if times.len() else self._last

    def end(self, path: Path) -> None:
        """End the last file.

        Raises
        ------
        DataError
            If no two bars are as close as a period.
        """
        if self._period and (self._shortest or 0) > self._period + _HOUR_NS * (self._period % DAY_NS == 0):
            found = f"{self._period / SECOND_NS:g} s, and steps of {(self._shortest or 0) / SECOND_NS:g} s at least"
            raise DataError(path, "bars must have one period", found, "set data.interval to it")
