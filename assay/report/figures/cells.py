"""The days of a history as cells of a calendar: where each stands, and how dark it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from assay.types import Flags, Ints

SHARES = (0.1, 0.5, 1.0, 2.0)
"""Where the shades change, in usual days: the median of those that have rows."""
STRIP, WEEKS = 8, 54
"""Rows of a year, seven days and a space; and its columns."""
MISSING, EMPTY = -1, 0
"""Shades without a row: the market was open; it was not, or nothing tells."""


@dataclass(frozen=True, eq=False)
class Days:
    """A history by the day, UTC.

    Parameters
    ----------
    first
        The first day.
    counts
        Rows of this and all following days, shape (n_days,).
    missing
        Whether the market was open and no row came, shape (n_days,); None where rows come when something happens.
    """

    first: date
    counts: Ints
    missing: Flags | None = None

    @property
    def dates(self) -> list[date]:
        """Every day, in order."""
        return [self.first + timedelta(days=number) for number in range(self.counts.size)]

    @property
    def lacking(self) -> Flags:
        """Whether rows are missing, shape (n_days,): nowhere if nothing tells."""
        return np.zeros(self.counts.size, np.bool_) if self.missing is None else self.missing


@dataclass(frozen=True, eq=False)
class Cells:
    """Where each count stands, columns to the right and rows downwards, and its shade, below 1 if 0; shape (n,)."""

    columns: Ints
    rows: Ints
    counts: Ints
    shades: Ints


def page(days: Days) -> Cells:
    """Return days in rows of seven, Monday first."""
    place = days.first.weekday() + np.arange(days.counts.size)
    return Cells(place % 7, place // 7, days.counts, shaded(days.counts, days.lacking))


def daily(days: Days) -> Cells:
    """Return days in a strip for each year, a week a column."""
    rows = [(day.year - days.first.year) * STRIP + day.weekday() for day in days.dates]
    return Cells(_weeks(days.dates), np.array(rows, np.int64), days.counts, shaded(days.counts, days.lacking))


def weekly(days: Days) -> Cells:
    """Return weeks of years: the first and the last week of a year have fewer days."""
    place = np.array([day.year - days.first.year for day in days.dates], np.int64) * WEEKS + _weeks(days.dates)
    places, inverse = np.unique(place, return_inverse=True)
    sums, lacking = np.zeros(places.size, np.int64), np.zeros(places.size, np.int64)
    np.add.at(sums, inverse, days.counts)
    np.add.at(lacking, inverse, days.lacking)
    return Cells(places % WEEKS, places // WEEKS, sums, shaded(sums, lacking > 0))


def shaded(counts: Ints, lacking: Flags) -> Ints:
    """Return 1 to 5 by the share of the median of those that have rows; else -1 where they are missing, or 0."""
    usual = np.median(counts[counts > 0])
    steps = np.searchsorted(np.array(SHARES) * usual, counts, side="right")
    return np.where(counts > 0, steps + 1, np.where(lacking, MISSING, EMPTY))


def _weeks(dates: list[date]) -> Ints:
    """Return the column of each day in the strip of its year; weeks begin on Monday."""
    return np.array([(day.timetuple().tm_yday - 1 + date(day.year, 1, 1).weekday()) // 7 for day in dates], np.int64)
