"""The days of a history as a calendar: how many rows each has, and which have none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path as Outline

from assay.report.figures.canvas import Letters, draw
from assay.report.figures.interval import NARROW
from assay.report.theme import SENTINELS
from assay.report.words import count, short
from assay.types import Ints

SHARES = (0.1, 0.5, 1.0, 2.0)
"""Where the shades change, in usual days: the median of those that have rows."""
FEW_WEEKS, FEW_YEARS, MOST_YEARS = 6, 2, 11
"""Up to so many weeks a day is as large as its number; of few years days are square; of many a cell is a week."""
STRIP, WEEKS = 8, 54
"""Rows of a year, seven days and a space; and its columns."""
LONG = 1_000_000
"""From here on a count is shortened."""
_CODES = [Outline.MOVETO, Outline.LINETO, Outline.LINETO, Outline.LINETO, Outline.CLOSEPOLY]
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, eq=False)
class Cells:
    """Where each count stands, columns to the right and rows downwards, and its shade, 0 for no row; shape (n,)."""

    columns: Ints
    rows: Ints
    counts: Ints
    shades: Ints


def calendar_figure(first: date, counts: Ints, name: str, letters: Letters = "none") -> str:
    """Return the rows of every day: a page of few weeks, a strip of days for each year, or years of weeks.

    Parameters
    ----------
    first
        The first day, UTC.
    counts
        Rows of this and all following days, shape (n_days,); 0 for none.
    name
        Prefix of the drawing's ids.

    Notes
    -----
    The shades change at a tenth, a half, once and twice the median of the days (weeks) that have rows.
    """
    days = [first + timedelta(days=number) for number in range(counts.size)]
    if (first.weekday() + counts.size - 1) // 7 < FEW_WEEKS:
        return _page(days, counts, name, letters)
    return _years(days, counts, name, letters)


def shaded(counts: Ints) -> Ints:
    """Return 0 where there is no row, else 1 to 5 by the share of the median of those that have some."""
    usual = np.median(counts[counts > 0])
    steps = np.searchsorted(np.array(SHARES) * usual, counts, side="right")
    return np.where(counts > 0, steps + 1, 0)


def _page(days: Sequence[date], counts: Ints, name: str, letters: Letters) -> str:
    place = days[0].weekday() + np.arange(counts.size)
    cells = Cells(place % 7, place // 7, counts, shaded(counts))
    n_weeks = int(cells.rows[-1]) + 1

    def paint(figure: Figure) -> None:
        axes = _board(figure, cells, 7, n_weeks, 0.45)
        axes.set_xticks(np.arange(7) + 0.5, DAYS)
        axes.set_yticks([])
        axes.set_title("Rows per day, UTC")
        for day, x, y, n in zip(days, cells.columns, cells.rows, counts.tolist(), strict=True):
            axes.text(x + 0.08, y + 0.28, f"{day.day} {day:%b}", color=SENTINELS["muted"], va="center")
            axes.text(x + 0.08, y + 0.68, _number(n), fontsize=8.5, va="center")

    return draw(0.5 + 0.42 * n_weeks, paint, name, letters, NARROW)


def _number(n_rows: int) -> str:
    """Return a count as it fits a day: in full up to a million."""
    return (short(n_rows) if n_rows >= LONG else count(n_rows)) if n_rows else "none"


def _years(days: Sequence[date], counts: Ints, name: str, letters: Letters) -> str:
    n_years = days[-1].year - days[0].year + 1
    by_day = n_years <= MOST_YEARS
    cells, tall = (_daily(days, counts), STRIP) if by_day else (_weekly(days, counts), 1)
    starts = [date(2001, month, 1) for month in range(1, 13)]
    height = (0.12 if n_years <= FEW_YEARS else 0.075) * tall if by_day else 0.16

    def paint(figure: Figure) -> None:
        axes = _board(figure, cells, WEEKS, tall * n_years, 1.0)
        axes.set_yticks([year * tall + min(tall, 7) / 2 for year in range(n_years)], years)
        axes.set_xticks([start.timetuple().tm_yday / 7 for start in starts], [f"{start:%b}" for start in starts])
        for label in axes.get_xticklabels():
            label.set_horizontalalignment("left")
        axes.set_title(f"Rows per {'day' if by_day else 'week'}, UTC")
        _legend(axes, cells)

    years = [str(days[0].year + number) for number in range(n_years)]
    return draw(0.7 + height * n_years, paint, name, letters)


def _daily(days: Sequence[date], counts: Ints) -> Cells:
    rows = [(day.year - days[0].year) * STRIP + day.weekday() for day in days]
    return Cells(_weeks(days), np.array(rows, np.int64), counts, shaded(counts))


def _weekly(days: Sequence[date], counts: Ints) -> Cells:
    """Return weeks of years: the first and the last week of a year have fewer days."""
    place = np.array([day.year - days[0].year for day in days], np.int64) * WEEKS + _weeks(days)
    places, inverse = np.unique(place, return_inverse=True)
    sums = np.zeros(places.size, np.int64)
    np.add.at(sums, inverse, counts)
    return Cells(places % WEEKS, places // WEEKS, sums, shaded(sums))


def _weeks(days: Sequence[date]) -> Ints:
    """Return the column of each day in the strip of its year; weeks begin on Monday."""
    return np.array([(day.timetuple().tm_yday - 1 + date(day.year, 1, 1).weekday()) // 7 for day in days], np.int64)


def _board(figure: Figure, cells: Cells, n_columns: int, n_rows: int, strongest: float) -> Axes:
    """Return axes with the cells in their shades, set apart by lines in the colour of the page."""
    axes = figure.subplots()
    for shade in np.unique(cells.shades).tolist():
        runs = _runs(cells, shade)
        corners = [corner for x, top, bottom in runs for corner in _corners(x, top, bottom)]
        axes.add_patch(PathPatch(Outline(corners, _CODES * len(runs)), linewidth=0, **_paint(shade, strongest)))
    axes.vlines(np.arange(n_columns + 1), 0, n_rows, colors=SENTINELS["paper"], linewidth=1.0)
    axes.hlines(np.arange(n_rows + 1), 0, n_columns, colors=SENTINELS["paper"], linewidth=1.0)
    axes.set_xlim(0, n_columns)
    axes.set_ylim(n_rows, 0)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    axes.xaxis.tick_top()
    return axes


def _runs(cells: Cells, shade: int) -> list[tuple[int, int, int]]:
    """Return column, top and bottom of what hangs together in one shade, column by column: a drawing of few shapes."""
    of_shade = cells.shades == shade
    found = sorted(zip(cells.columns[of_shade].tolist(), cells.rows[of_shade].tolist(), strict=True))
    groups = [
        list(group) for _, group in groupby(enumerate(found), key=lambda item: (item[1][0], item[1][1] - item[0]))
    ]
    return [(group[0][1][0], group[0][1][1], group[-1][1][1] + 1) for group in groups]


def _corners(x: int, top: int, bottom: int) -> list[tuple[float, float]]:
    return [(x, top), (x + 1, top), (x + 1, bottom), (x, bottom), (x, top)]


def _paint(shade: int, strongest: float) -> dict[str, Any]:
    if not shade:
        return {"facecolor": SENTINELS["line"], "alpha": 0.7}
    return {"facecolor": SENTINELS["selected"], "alpha": round(strongest * (0.18 + 0.82 * (shade - 1) / 4), 4)}


def _legend(axes: Axes, cells: Cells) -> None:
    """Name the fewest and the most rows of each shade that occurs."""
    handles = []
    for shade in np.unique(cells.shades).tolist():
        counts = cells.counts[cells.shades == shade]
        ends = dict.fromkeys((short(int(counts.min())), short(int(counts.max()))))
        handles.append(Patch(label="\u2013".join(ends) if shade else "no row", linewidth=0, **_paint(shade, 1.0)))
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.0, -0.01), ncols=6, columnspacing=1.4)
