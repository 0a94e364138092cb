"""What trading costs at which time of the day."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from assay.report.figures.canvas import Letters, draw, plain_numbers
from assay.report.figures.curves import rounded
from assay.report.figures.interval import NARROW
from assay.report.theme import SENTINELS

UNITS = {"ticks": "ticks", "bps": "basis points of the mid"}


def spread_figure(medians: Sequence[float | None], unit: str, name: str, letters: Letters = "none") -> str:
    """Return the median spread of each hour of the day, UTC, one bar each; none where the hour has no quote.

    Parameters
    ----------
    medians
        Median spread by hour, 24 of them; None for hours without a row.
    unit
        ``ticks`` or ``bps``.
    name
        Prefix of the drawing's ids.
    """
    hours = np.array([hour for hour, median in enumerate(medians) if median is not None], np.int64)
    widths = np.array([median for median in medians if median is not None], np.float64)

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.bar(hours, rounded(widths), width=0.72, color=SENTINELS["signals"], alpha=0.85)
        axes.set_xlim(-0.6, 23.6)
        axes.set_xticks(range(0, 24, 3), [f"{hour:02d}:00" for hour in range(0, 24, 3)])
        axes.set_title(f"Median spread by hour of the day, {UNITS.get(unit, unit)}")
        axes.set_xlabel("hour, UTC")
        axes.grid(visible=False, axis="x")
        plain_numbers(axes, 4)

    return draw(1.7, paint, name, letters, NARROW)
