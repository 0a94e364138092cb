"""The mean result per trade and its interval: the picture that the verdict is read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from assay.report.figures.canvas import Letters, draw
from assay.report.theme import SENTINELS
from assay.report.words import signed

NARROW = 5.2
"""Width of the drawing, inches: small enough to be read on a phone without scrolling."""


@dataclass(frozen=True)
class Whisker:
    """One row: a mean and its interval, basis points; None where there is none."""

    label: str
    role: str
    mean: float
    low: float | None
    high: float | None


def interval_figure(whiskers: Sequence[Whisker], letters: Letters = "none") -> str:
    """Return one row per mean, in basis points, against the line of nothing earned."""

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.axvline(0.0, color=SENTINELS["muted"], linewidth=0.9)
        for row, whisker in enumerate(whiskers):
            _row(figure, -row, whisker)
        axes.set_yticks([-row for row in range(len(whiskers))], [whisker.label for whisker in whiskers])
        axes.tick_params(axis="y", labelcolor=SENTINELS["ink"], labelsize=8.0)
        axes.grid(visible=False, axis="y")
        axes.set_ylim(-len(whiskers) + 0.4, 0.7)
        axes.set_xlabel("basis points per trade")

    return draw(0.55 + 0.36 * len(whiskers), paint, "interval", letters, NARROW)


def _row(figure: Figure, at: int, whisker: Whisker) -> None:
    axes = figure.axes[0]
    color = SENTINELS[whisker.role]
    if whisker.low is not None and whisker.high is not None:
        ends = [round(whisker.low, 6), round(whisker.high, 6)]
        axes.plot(ends, [at, at], color=color, linewidth=4.0, alpha=0.35)
    axes.plot([round(whisker.mean, 6)], [at], "o", color=color, markersize=5)
    axes.annotate(
        signed(whisker.mean),
        (round(whisker.mean, 6), at),
        (0, 6),
        textcoords="offset points",
        ha="right" if whisker.mean < 0.0 else "left",  # away from the line of nothing earned
        color=color,
    )
