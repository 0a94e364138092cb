"""The Monte Carlo fan: other orders in which the same trades could have come."""

from __future__ import annotations

import polars as pl
from matplotlib.figure import Figure

from assay.report.figures.canvas import Letters, draw, legend, plain_numbers
from assay.report.figures.curves import rounded
from assay.report.theme import SENTINELS


def fan_figure(fan: pl.DataFrame, currency: str, letters: Letters = "none") -> str:
    """Return the bands that hold half and nine tenths of the paths, their median, and what was realised."""
    columns = {
        name: rounded(fan.get_column(name).to_numpy()) for name in ("p05", "p25", "p50", "p75", "p95", "realised")
    }
    trades = fan.get_column("trade").to_numpy()
    color = SENTINELS["signals"]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.axhline(0.0, color=SENTINELS["muted"], linewidth=0.6)
        axes.fill_between(
            trades, columns["p05"], columns["p95"], color=color, alpha=0.16, linewidth=0, label="90 % of paths"
        )
        axes.fill_between(trades, columns["p25"], columns["p75"], color=color, alpha=0.28, linewidth=0, label="50 %")
        axes.plot(trades, columns["p50"], color=color, linewidth=1.1, label="median")
        axes.plot(trades, columns["realised"], color=SENTINELS["ink"], linewidth=1.1, label="realised")
        axes.set_title(f"Cumulative net profit, {currency}")
        axes.set_xlabel("trades")
        axes.margins(x=0.01)
        plain_numbers(axes)
        legend(axes, 4)

    return draw(2.6, paint, "fan", letters)
