"""Rules about a row and those before it, followed from batch to batch."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import polars as pl

from assay.types import Flags, Ints


class Across(Protocol):
    """A rule that remembers: the rows it says are broken do not depend on how the stream of rows is cut."""

    knob: str
    law: str

    def broken(self, frame: pl.DataFrame) -> pl.Series | None:
        """Return where the rows of the next batch break the rule; None for nowhere. The batch is not empty."""
        ...


class Late:
    """Rows earlier than a row before them."""

    knob, law = "unsorted_times", "times never fall"

    def __init__(self, clock: str) -> None:
        self._clock = clock
        self._latest: int | None = None

    def broken(self, frame: pl.DataFrame) -> pl.Series | None:
        """Return the rows that are earlier than the latest so far."""
        time = frame[self._clock].to_physical()
        latest = int(time[0]) if self._latest is None else self._latest
        if time[0] >= latest and time.is_sorted():
            self._latest = time[-1]
            return None
        highest = time.cum_max().clip(latest)
        self._latest = highest[-1]
        return time < highest


class SameTime:
    """Rows of the instant of the row before them."""

    knob, law = "duplicate_times", "an instant has one row"

    def __init__(self, clock: str) -> None:
        self._clock = clock
        self._last: int | None = None

    def broken(self, frame: pl.DataFrame) -> pl.Series | None:
        """Return the rows whose instant is that of the row before."""
        time = frame[self._clock].to_physical()
        last, self._last = self._last, time[-1]
        same = (time == time.shift(1)).fill_null(value=time[0] == last)
        return same if same.any() else None


class SameRow:
    """Rows equal in every column but `flags` to the row before; NaN equals NaN."""

    knob, law = "duplicate_rows", "rows differ from the row before"

    def __init__(self, clock: str, columns: list[str]) -> None:
        self._clock, self._columns = clock, columns
        self._last: pl.DataFrame | None = None

    def broken(self, frame: pl.DataFrame) -> pl.Series | None:
        """Return the rows that repeat the row before."""
        rows = frame.select(self._columns)
        last, self._last = self._last, rows.tail(1)
        first = last is not None and rows.head(1).equals(last)
        time = rows[self._clock]
        again = (time.head(-1) == time.slice(1)).arg_true().to_numpy()
        if not first and not again.size:
            return None
        same = np.zeros(rows.height, np.bool_)
        same[0] = first
        same[again + 1] = _equal(rows[again], rows[again + 1])
        return pl.Series(same) if same.any() else None


def _equal(some: pl.DataFrame, others: pl.DataFrame) -> Flags:
    """Return which rows equal one another."""
    same = [some[name].eq_missing(others[name]) for name in some.columns]
    return pl.select(pl.all_horizontal(same)).to_series().to_numpy()


class Overlap:
    """Bars that begin before the last bar that was kept ends."""

    knob, law = "overlapping_bars", "bars follow one another"

    def __init__(self) -> None:
        self._until: int | None = None

    def broken(self, frame: pl.DataFrame) -> pl.Series | None:
        """Return the bars that overlap the last one that does not."""
        opened, closed = (frame[name].to_physical() for name in ("opened_at", "closed_at"))
        until, self._until = self._until, closed[-1]
        overlaps = (opened < closed.shift(1)).fill_null(value=until is not None and opened[0] < until)
        if not overlaps.any():
            return None
        kept, self._until = _following(opened.to_numpy(), closed.to_numpy(), until)
        return pl.Series([not keep for keep in kept])


def _following(opened: Ints, closed: Ints, until: int | None) -> tuple[list[bool], int]:
    """Return which bars follow the last one that does, and the end of the last of them."""
    kept, end = [], opened[0] if until is None else until
    for begin, finish in zip(opened.tolist(), closed.tolist(), strict=True):
        kept.append(begin >= end)
        end = finish if kept[-1] else end
    return kept, int(end)
