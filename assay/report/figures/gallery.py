"""All figures of a run, by name; a figure without data is left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from assay.backtest.curve import is_tested
from assay.metrics.drawdown import falls
from assay.report.figures.calendar import calendar_figure
from assay.report.figures.canvas import Letters
from assay.report.figures.cells import Days
from assay.report.figures.equity import Curve, equity_figure
from assay.report.figures.fan import fan_figure
from assay.report.figures.forecasts import calibration_figure, importance_figure
from assay.report.figures.interval import Whisker, interval_figure
from assay.report.figures.market import days_figure, regimes_figure
from assay.report.figures.spread import spread_figure
from assay.report.inputs import Inputs
from assay.report.summarize import Summary
from assay.types import Floats

CURVES = (
    ("signals", "gross", "every signal, gross", "gross"),
    ("signals", "net", "every signal, net", "signals"),
    ("selected", "net", "thresholded, net", "selected"),
)
"""Book, kind of result, label and role of the lines that every picture of results shows, in this order."""
MOST_DRAWN = 4
"""Feeds whose days are drawn; of the others the page has the numbers."""


def figures(inputs: Inputs, summary: Summary, max_points: int, letters: Letters = "none") -> dict[str, str]:
    """Return every figure that has data, as SVG text in colours that stand for roles."""
    drawn = {
        "interval": _interval(summary.books, letters),
        "equity": _equity(inputs, summary.currency, max_points, letters),
        "calibration": _calibration(inputs, summary, letters),
        "importance": _importance(summary, letters),
        "regimes": _regimes(inputs, max_points, letters),
        "fan": fan_figure(inputs.fan, summary.currency, letters) if inputs.fan.height else None,
        "days": days_figure([day for day, _ in summary.days], np.array([n for _, n in summary.days]), letters),
    }
    return {name: svg for name, svg in drawn.items() if svg is not None} | _histories(summary, letters)


def _histories(summary: Summary, letters: Letters) -> dict[str, str]:
    """Return the calendar of each of the first feeds, and the spread by hour of those that have quotes."""
    drawn = {}
    for number, history in enumerate(summary.data.histories[:MOST_DRAWN]):
        if not history.health["rows"]["out"]:
            continue
        spread = history.health["spread_by_hour"]
        drawn[f"calendar{number}"] = calendar_figure(_days(history.health["days"]), f"calendar{number}", letters)
        if spread:
            drawn[f"spread{number}"] = spread_figure(spread["median"], spread["unit"], f"spread{number}", letters)
    return drawn


def _days(told: Mapping[str, Any]) -> Days:
    """Return the days of a history as its health tells them."""
    first, counts = date.fromisoformat(told["first"]), np.array(told["n_rows"], np.int64)
    if told["without_row"] is None:
        return Days(first, counts)
    missing = np.zeros(counts.size, np.bool_)
    missing[[(date.fromisoformat(day) - first).days for day in told["without_row"]]] = True
    return Days(first, counts, missing)


def _interval(books: Mapping[str, Mapping[str, Any]], letters: Letters) -> str | None:
    results = [(label, role, books[book][f"{kind}_return_bps"]) for book, kind, label, role in CURVES]
    whiskers = [
        Whisker(label, role, found["mean"], found["low"], found["high"])
        for label, role, found in results
        if found["mean"] is not None
    ]
    return interval_figure(whiskers, letters) if whiskers else None


def _equity(inputs: Inputs, currency: str, max_points: int, letters: Letters) -> str | None:
    tested = is_tested(inputs.predictions, inputs.trades)
    equity, traded = inputs.equity.filter(tested), set(inputs.trades["book"].cast(pl.String).to_list())
    if not traded:
        return None
    curves = [
        _curve(equity.filter(pl.col("book") == book), kind, label, role, inputs.reports["backtest"]["capital"])
        for book, kind, label, role in CURVES
        if book in traded
    ]
    return equity_figure(curves, inputs.bars.filter(tested)["closed_at"].to_list(), currency, max_points, letters)


def _curve(equity: pl.DataFrame, kind: str, label: str, role: str, capital: float) -> Curve:
    profit = equity[kind].to_numpy() - capital
    return Curve(label, role, equity["ordinal"].to_numpy(), profit, falls(profit, 0.0))


def _calibration(inputs: Inputs, summary: Summary, letters: Letters) -> str | None:
    if not summary.calibration:
        return None
    groups = pl.DataFrame(summary.calibration)
    mean_p, rate, n = (groups[name].to_numpy() for name in ("mean_p", "rate", "n"))
    worth, rows = (sum(fold[name] for fold in summary.folds) for name in ("effective_events", "n_test"))
    return calibration_figure(mean_p, rate, n * worth / rows, inputs.predictions["p_win"].to_numpy(), letters)


def _importance(summary: Summary, letters: Letters) -> str | None:
    if not summary.importance:
        return None
    values = np.array([row["share"] for row in summary.importance], dtype=np.float64)
    return importance_figure([row["name"] for row in summary.importance], values, letters)


def _regimes(inputs: Inputs, max_points: int, letters: Letters) -> str | None:
    scales = {name: _probabilities(inputs.regimes, name) for name in ("macro", "micro")}
    shown = {name: values for name, values in scales.items() if values.shape[1]}
    if not shown:
        return None
    close = inputs.bars["close"].to_numpy()
    return regimes_figure(close, inputs.bars["closed_at"].to_list(), shown, max_points, letters)


def _probabilities(regimes: pl.DataFrame, scale: str) -> Floats:
    columns = sorted((name for name in regimes.columns if name.startswith(f"{scale}_")), key=_state_number)
    return regimes.select(columns).to_numpy().astype(np.float64).reshape(regimes.height, len(columns))


def _state_number(column: str) -> int:
    return int(column.rpartition("_")[2])
