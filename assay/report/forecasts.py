"""What became of the forecasts: what was taken and left, folds with their trades."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from assay.types import Flags, Floats


def decisions(predictions: pl.DataFrame) -> list[dict[str, Any]]:
    """Return how often the side won before costs, of the forecasts that were taken and of those that were left."""
    win, take = predictions["win"].to_numpy(), predictions["take"].to_numpy()
    return [_decision("taken", win[take]), _decision("left", win[~take])]


def folds(scored: list[Mapping[str, Any]], trades: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the folds of the walk-forward report with the trades of each: how many per book, and mean results."""
    return [{**fold, **_results(trades.filter(pl.col("fold") == fold["fold"]))} for fold in scored]


def _decision(name: str, wins: Flags) -> dict[str, Any]:
    n_won, n = int(wins.sum()), wins.size
    return {"decision": name, "won": n_won, "not_won": n - n_won, "win_rate": n_won / n if n else None}


def _results(trades: pl.DataFrame) -> dict[str, Any]:
    signals, selected = (trades.filter(pl.col("book") == name) for name in ("signals", "selected"))
    return {
        "n_signals": signals.height,
        "signals_gross": _mean(signals["gross_return"].to_numpy()),
        "signals_net": _mean(signals["net_return"].to_numpy()),
        "n_selected": selected.height,
        "selected_net": _mean(selected["net_return"].to_numpy()),
    }


def _mean(values: Floats) -> float | None:
    return float(values.mean()) if values.size else None
