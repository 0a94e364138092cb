"""The market: price over filtered regimes, and how many bars each day gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from assay.report.figures.canvas import Letters, draw, legend, plain_numbers
from assay.report.figures.curves import mark_times, rounded, spaced, thin
from assay.report.theme import SENTINELS, state
from assay.types import Floats, Ints

FEWEST_PLACES = 8
"""Bars of few days are not drawn wider than so many would be."""


def regimes_figure(
    close: Floats,
    instants: Sequence[datetime],
    scales: Mapping[str, Floats],
    max_points: int,
    letters: Letters = "none",
) -> str:
    """Return the price above one stacked band of probabilities per time scale.

    Parameters
    ----------
    close
        Close of each bar, shape (n_bars,).
    instants
        Its time.
    scales
        Name of the scale and its filtered probabilities, shape (n_bars, n_states), NaN until observed.
    """

    def paint(figure: Figure) -> None:
        panels = np.atleast_1d(
            figure.subplots(1 + len(scales), 1, sharex=True, height_ratios=[2.4] + [1] * len(scales))
        )
        kept = thin(close, max_points)
        panels[0].plot(kept, rounded(close[kept]), color=SENTINELS["ink"], linewidth=0.9)
        panels[0].set_title("Close")
        plain_numbers(panels[0])
        for axes, (name, probabilities) in zip(panels[1:], scales.items(), strict=True):
            _bands(axes, name, probabilities, max_points)
        mark_times(panels[-1], np.arange(close.size), instants)

    return draw(1.9 + 0.95 * len(scales), paint, "regimes", letters)


def days_figure(days: Sequence[date], counts: Ints, letters: Letters = "none") -> str:
    """Return the number of bars of each trading day."""

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.bar(np.arange(len(days)), counts, width=0.8, color=SENTINELS["state0"])
        marks = spaced(len(days), 8).tolist()
        axes.set_xticks(marks, [f"{days[i]:%d %b %Y}" for i in marks])
        axes.set_title("Bars per trading day")
        axes.grid(visible=False, axis="x")
        middle, half = (len(days) - 1) / 2, max(len(days), FEWEST_PLACES) / 2
        axes.set_xlim(middle - half, middle + half)
        plain_numbers(axes, 4)

    return draw(1.5, paint, "days", letters)


def _bands(axes: Axes, name: str, probabilities: Floats, max_points: int) -> None:
    """Stack the probabilities of one scale; the first state has the lowest variance and lies at the bottom."""
    kept = spaced(probabilities.shape[0], max_points // 2)
    floor = np.zeros(kept.size)
    for index in range(probabilities.shape[1]):
        ceiling = floor + np.round(probabilities[kept, index], 4)
        axes.fill_between(
            kept, floor, ceiling, color=SENTINELS[state(index)], linewidth=0.0, label=f"state {index}", alpha=0.85
        )
        floor = ceiling
    axes.set_title(f"Filtered probabilities, {name}")
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 1])
    axes.grid(visible=False)
    legend(axes, probabilities.shape[1])
