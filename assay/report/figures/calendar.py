"""The days of a history as a calendar: how many rows each has, which have none, and which of those were closed."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path as Outline

from assay.report.figures.canvas import Letters, draw
from assay.report.figures.cells import EMPTY, MISSING, STRIP, WEEKS, Cells, Days, daily, page, weekly
from assay.report.figures.interval import NARROW
from assay.report.theme import SENTINELS
from assay.report.words import count, short

FEW_WEEKS, FEW_YEARS, MOST_YEARS = 6, 2, 11
"""Up to so many weeks a day is as large as its number; of few years days are square; of many a cell is a week."""
LONG = 1_000_000
"""From here on a count is shortened."""
_CODES = [Outline.MOVETO, Outline.LINETO, Outline.LINETO, Outline.LINETO, Outline.CLOSEPOLY]
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def calendar_figure(days: Days, name: str, letters: Letters = "none") -> str:
    """Return the rows of every day: a page of few weeks, a strip of days for each year, or years of weeks.

    Parameters
    ----------
    days
        The history.
    name
        Prefix of the drawing's ids.

    Notes
    -----
    The shades change at a tenth, a half, once and twice the median of the days (weeks) that have rows. A week is
    missing if it has no row and one of its days is missing.
    """
    if (days.first.weekday() + days.counts.size - 1) // 7 < FEW_WEEKS:
        return _page(days, name, letters)
    return _years(days, name, letters)


def _page(days: Days, name: str, letters: Letters) -> str:
    cells = page(days)
    n_weeks = int(cells.rows[-1]) + 1

    def paint(figure: Figure) -> None:
        axes = _board(figure, cells, 7, n_weeks, 0.45)
        axes.set_xticks(np.arange(7) + 0.5, DAYS)
        axes.set_yticks([])
        axes.set_title("Rows per day, UTC")
        placed = zip(days.dates, cells.columns, cells.rows, days.counts.tolist(), cells.shades.tolist(), strict=True)
        for day, x, y, n, shade in placed:
            axes.text(x + 0.08, y + 0.28, f"{day.day} {day:%b}", color=SENTINELS["muted"], va="center")
            said = _number(n) if n else _without(shade, days)
            axes.text(
                x + 0.08,
                y + 0.68,
                said,
                fontsize=8.5,
                va="center",
                color=SENTINELS["muted" if shade == EMPTY else "ink"],
            )

    return draw(0.5 + 0.42 * n_weeks, paint, name, letters, NARROW)


def _number(n_rows: int) -> str:
    """Return a count as it fits a day: in full up to a million."""
    return short(n_rows) if n_rows >= LONG else count(n_rows)


def _without(shade: int, days: Days) -> str:
    """Return what is said of a day, or week, that has no row."""
    if shade == MISSING:
        return "missing"
    return "no row" if days.missing is None else "closed"


def _years(days: Days, name: str, letters: Letters) -> str:
    n_years = days.dates[-1].year - days.first.year + 1
    by_day = n_years <= MOST_YEARS
    cells, tall = (daily(days), STRIP) if by_day else (weekly(days), 1)
    starts = [date(2001, month, 1) for month in range(1, 13)]
    height = (0.12 if n_years <= FEW_YEARS else 0.075) * tall if by_day else 0.16

    def paint(figure: Figure) -> None:
        axes = _board(figure, cells, WEEKS, tall * n_years, 1.0)
        axes.set_yticks([year * tall + min(tall, 7) / 2 for year in range(n_years)], years)
        axes.set_xticks([start.timetuple().tm_yday / 7 for start in starts], [f"{start:%b}" for start in starts])
        for label in axes.get_xticklabels():
            label.set_horizontalalignment("left")
        axes.set_title(f"Rows per {'day' if by_day else 'week'}, UTC")
        _legend(axes, cells, days)

    years = [str(days.first.year + number) for number in range(n_years)]
    return draw(0.7 + height * n_years, paint, name, letters)


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
    if shade == MISSING:
        return {"facecolor": SENTINELS["loss"], "alpha": round(0.8 * strongest, 4)}
    if shade == EMPTY:
        return {"facecolor": SENTINELS["line"], "alpha": 0.7}
    return {"facecolor": SENTINELS["selected"], "alpha": round(strongest * (0.18 + 0.82 * (shade - 1) / 4), 4)}


def _legend(axes: Axes, cells: Cells, days: Days) -> None:
    """Name the fewest and the most rows of each shade that occurs, and what it means that there is none."""
    handles = []
    for shade in np.unique(cells.shades).tolist():
        counts = cells.counts[cells.shades == shade]
        ends = dict.fromkeys((short(int(counts.min())), short(int(counts.max()))))
        said = "\u2013".join(ends) if shade > EMPTY else _without(shade, days)
        handles.append(Patch(label=said, linewidth=0, **_paint(shade, 1.0)))
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.0, -0.01), ncols=7, columnspacing=1.4)
