"""What the probabilities are worth: calibration, and what the model looks at."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from assay.report.figures.canvas import Letters, draw, legend, plain_numbers
from assay.report.figures.curves import rounded
from assay.report.theme import SENTINELS
from assay.types import Floats

N_BARS = 60
"""Bars of the histogram of forecasts."""


def calibration_figure(
    predicted: Floats, observed: Floats, counts: Floats, forecasts: Floats, letters: Letters = "none"
) -> str:
    """Return the reliability diagram: mean forecast against share of wins, above the histogram of all forecasts.

    Parameters
    ----------
    predicted, observed, counts
        Mean calibrated probability, share of wins and effective number n of forecasts of each group, shape (n_groups,).
        The bars are two standard errors of a share: ``2 sqrt(p (1 - p) / n)``.
    forecasts
        All calibrated probabilities, shape (n,).
    """
    error = 2.0 * np.sqrt(observed * (1.0 - observed) / counts)
    low, high = _span(np.concatenate([predicted, observed - error, observed + error, forecasts]))

    def paint(figure: Figure) -> None:
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
        dashes = (0, (4, 3))
        above.plot([low, high], [low, high], color=SENTINELS["muted"], linewidth=0.9, linestyle=dashes, label="perfect")
        above.errorbar(
            rounded(predicted),
            rounded(observed),
            yerr=rounded(error),
            fmt="o",
            markersize=3.5,
            color=SENTINELS["selected"],
            elinewidth=1.0,
            label="observed, \u00b1 2 standard errors",
        )
        above.set_title("Share of wins")
        above.set_ylim(low, high)
        legend(above)
        edges = np.linspace(low, high, N_BARS + 1)
        n_in_bar, _ = np.histogram(forecasts, edges)
        below.bar(edges[:-1], n_in_bar, (high - low) / N_BARS, align="edge", color=SENTINELS["selected"], alpha=0.6)
        below.set_title("Forecasts")
        below.set_xlabel("calibrated probability of a win")
        below.set_xlim(low, high)
        plain_numbers(below, 3)

    return draw(3.7, paint, "calibration", letters)


def _span(values: Floats) -> tuple[float, float]:
    """Return the smallest stretch of whole twentieths of [0, 1] that holds all values."""
    low, high = max(float(np.min(values)), 0.0), min(float(np.max(values)), 1.0)
    return math.floor(round(low * 20, 9)) / 20, math.ceil(round(high * 20, 9)) / 20


def importance_figure(names: Sequence[str], values: Floats, letters: Letters = "none") -> str:
    """Return one bar per feature, its share as a fraction given and drawn in percent, the largest on top."""

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        rows = -np.arange(len(names))
        axes.barh(rows, rounded(100.0 * values), height=0.62, color=SENTINELS["selected"], alpha=0.8)
        axes.set_yticks(rows, list(names))
        axes.tick_params(axis="y", labelcolor=SENTINELS["ink"])
        axes.grid(visible=False, axis="y")
        axes.set_ylim(-len(names) + 0.4, 0.6)
        axes.set_xlabel("share, %")

    return draw(0.4 + 0.19 * len(names), paint, "importance", letters)
