"""What an answer tells of the past, held against what an older answer told of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from assay.tables.kinds import Kind, clock

MOST_NAMED = 6
"""Columns of a row that are shown."""


@dataclass(frozen=True)
class Told:
    """Rows of one kind, as one answer has them.

    Parameters
    ----------
    kind
        Which table.
    rows
        The rows in its columns.
    scale
        What the venue has multiplied them by; rows of another scale were rounded otherwise.
    steps
        What the last digit of each number is worth that was rounded, in columns of the same names, a row per row; None
        where nothing is.
    """

    kind: Kind
    rows: pl.DataFrame
    scale: float = 1.0
    steps: pl.DataFrame | None = None

    def until(self, end_ns: int) -> Told:
        """Return the rows that were known at an instant, nanoseconds since 1970-01-01 UTC."""
        known = "known_at" if "known_at" in self.rows.columns else clock(self.kind)
        over = self.rows[known].to_physical() <= end_ns
        steps = None if self.steps is None else self.steps.filter(over)
        return Told(self.kind, self.rows.filter(over), self.scale, steps)


def change(before: Told, now: Told, end_ns: int) -> str:
    """Return in words the first row of an older answer, known at an instant, that a later answer tells otherwise.

    Rows that follow the older answer's last one are no change. Numbers that were rounded in two scales are the same if
    they lie within a step of one another; all else must be equal.

    Parameters
    ----------
    before, now
        What the two answers tell.
    end_ns
        The instant, nanoseconds since 1970-01-01 UTC.
    """
    old, new = before.until(end_ns), now.until(end_ns)
    n_both = min(old.rows.height, new.rows.height)
    other = dict(_differing(old, new, n_both))
    rows = [flags.to_list().index(True) for flags in other.values() if flags.any()]
    n_rows = f"of {old.rows.height:,} rows that were over"
    if rows:
        at = min(rows)
        return f"{_row(old, new, at, [name for name, flags in other.items() if flags[at]])} ({n_rows})"
    if n_both < old.rows.height:
        return f"the {old.kind} of {old.rows[clock(old.kind)][n_both]} are missing ({n_rows})"
    return ""


def _differing(old: Told, new: Told, n_rows: int) -> Iterator[tuple[str, pl.Series]]:
    """Yield each column with the rows in which it differs."""
    for name in old.rows.columns:
        was, now = old.rows[name].head(n_rows), new.rows[name].head(n_rows)
        differs = was.ne_missing(now)
        near = _near(old, new, name, n_rows)
        yield name, differs if near is None else differs & ~near


def _near(old: Told, new: Told, name: str, n_rows: int) -> pl.Series | None:
    """Return in which rows a number lies within a step of the other; None where it must be equal."""
    if old.scale == new.scale or old.steps is None or new.steps is None or name not in old.steps.columns:
        return None
    away = (old.rows[name].head(n_rows) - new.rows[name].head(n_rows)).abs()
    return away.is_finite() & (away <= old.steps[name].head(n_rows) + new.steps[name].head(n_rows))


def _row(old: Told, new: Told, at: int, names: list[str]) -> str:
    """Return what two rows at one place say."""
    time, was, now = clock(old.kind), old.rows.row(at, named=True), new.rows.row(at, named=True)
    if time in names:
        return f"{old.kind} of {now[time]} where those of {was[time]} were"
    said = ", ".join(f"{name} is {now[name]}, was {was[name]}" for name in names[:MOST_NAMED])
    return f"{old.kind} of {was[time]}: {said}"
