"""Equity and drawdown of the books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from matplotlib.figure import Figure

from assay.report.figures.canvas import Letters, draw, legend, plain_numbers
from assay.report.figures.curves import mark_times, rounded, thin
from assay.report.theme import SENTINELS
from assay.types import Floats, Ints


@dataclass(frozen=True, eq=False)
class Curve:
    """One line: profit since the start and drawdown from the highest point, by bar, in one unit."""

    label: str
    role: str
    ordinals: Ints
    profit: Floats
    drawdown: Floats


def equity_figure(
    curves: Sequence[Curve], instants: Sequence[datetime], currency: str, max_points: int, letters: Letters = "none"
) -> str:
    """Return profit above drawdown; the first curve's bars mark the time axis."""

    def paint(figure: Figure) -> None:
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[2.2, 1])
        for curve in curves:
            color = SENTINELS[curve.role]
            kept = thin(curve.profit, max_points)
            above.plot(curve.ordinals[kept], rounded(curve.profit[kept]), color=color, label=curve.label)
            kept = thin(curve.drawdown, max_points)
            below.plot(curve.ordinals[kept], rounded(curve.drawdown[kept]), color=color, linewidth=1.0)
        for axes, title in ((above, f"Profit, {currency}"), (below, f"Drawdown, {currency}")):
            axes.set_title(title)
            axes.axhline(0.0, color=SENTINELS["muted"], linewidth=0.6)
            plain_numbers(axes)
        legend(above)
        mark_times(below, curves[0].ordinals, instants)

    return draw(3.9, paint, "equity", letters)
