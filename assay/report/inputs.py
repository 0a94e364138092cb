"""What the report is made of: the tables and reports of all stages, the params, and the hash of every file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from assay.tables import document
from assay.tables.bars import BARS
from assay.tables.book import EQUITY, ROUND_TRIPS
from assay.tables.fan import FAN
from assay.tables.predictions import PREDICTIONS
from assay.tables.regimes import REGIMES
from assay.tables.table import Table

REPORTS: Mapping[str, Path] = {
    "manifest": Path("data/manifest.json"),
    "health": Path("reports/data_health.json"),
    "bars": Path("reports/bars.json"),
    "schema": Path("data/features/schema.json"),
    "labels": Path("reports/labels.json"),
    "hmm": Path("reports/hmm.json"),
    "walkforward": Path("reports/walkforward.json"),
    "backtest": Path("reports/backtest.json"),
    "montecarlo": Path("reports/montecarlo.json"),
}
"""The JSON files of the stages, by the name they have in :class:`Inputs`."""

_NUMBER = int | float
_INTERVAL: document.Shape = dict.fromkeys(("mean", "low", "high"), _NUMBER | None)
_BOOK: document.Shape = {
    "n_trades": int,
    "gross_return_bps": _INTERVAL,
    "net_return_bps": _INTERVAL,
    **dict.fromkeys(("gross", "net"), _NUMBER),
    **dict.fromkeys(("max_drawdown_net", "psr", "sharpe_annualised"), _NUMBER | None),
    "survivable_trials": int | None,
}
_FILE: document.Shape = {
    "origins": dict,
    "n_rows": int,
    **dict.fromkeys(("file", "sha256"), str),
    **dict.fromkeys(("first_at", "last_at"), str | None),
}
_RECEIPT: document.Shape = {
    "n_rows": int,
    **dict.fromkeys(("source", "symbol", "kind"), str),
    **dict.fromkeys(("first_at", "last_at"), str | None),
    **dict.fromkeys(("rules", "found"), dict),
    "files": [_FILE],
}
_GAP: document.Shape = {"begin": str, "end": str, "open_seconds": _NUMBER}
_HEALTH: document.Shape = {
    **dict.fromkeys(("source", "symbol", "kind", "calendar"), str),
    **dict.fromkeys(("first", "last"), str | None),
    "rows": {"in": int, "out": int},
    "coverage": dict | None,
    "gaps": {"least_seconds": _NUMBER, "n": int, "open_seconds": _NUMBER, "longest": [_GAP]},
    "days": {"first": str, "n_rows": list, "without_row": list | None},
    "spread_by_hour": dict | None,
    "clock": {"by_calendar": dict},
    "n_equal_times": int,
    "n_crossed": int,
    "outliers": {"n": int, "first": list},
    "findings": list,
}
_PAIR: document.Shape = {**dict.fromkeys(("symbol", "left", "right"), str), "shift_hours": _NUMBER | None}
SHAPES: Mapping[str, document.Shape] = {
    "manifest": {"feeds": [_RECEIPT], "failed": [dict.fromkeys(("source", "symbol", "kind", "error"), str)]},
    "health": {"feeds": [_HEALTH], "pairs": [_PAIR]},
    "bars": {"main": str, "types": dict, "n_ticks_in_session": int, "n_ticks_outside_session": int},
    "schema": {"features": [{"name": str, "definition": str}]},
    "labels": {"n_labels": int, "n_censored": int},
    "hmm": dict.fromkeys(("macro", "micro"), dict | None),
    "walkforward": {"enabled": bool, "left_out": dict},
    "backtest": {"capital": _NUMBER, "currency": str, "signals": _BOOK, "selected": _BOOK},
    "montecarlo": {"note": str, "reason": str | None, "loss_probability": _NUMBER | None},
}
"""What each of them must have."""


def tables(bar_type: str, symbol: str) -> dict[str, tuple[Path, Table]]:
    """Return where each table of a market lies, and its contract."""
    file = f"{symbol}.parquet"
    return {
        "bars": (Path("data/bars") / bar_type / file, BARS),
        "regimes": (Path("data/regimes") / file, REGIMES),
        "predictions": (Path("data/predictions") / file, PREDICTIONS),
        "trades": (Path("data/trades.parquet"), ROUND_TRIPS),
        "equity": (Path("data/equity.parquet"), EQUITY),
        "fan": (Path("data/fan.parquet"), FAN),
    }


def checked(name: str, content: Any) -> Any:
    """Return what was read from one of the JSON files if it has what the report needs of it."""
    return document.check(content, SHAPES[name], REPORTS[name])


@dataclass(frozen=True, eq=False)
class Inputs:
    """All that the report reads.

    Parameters
    ----------
    symbol
        The market.
    params
        The blocks of ``params.yaml`` that results depend on.
    bars, regimes, predictions, trades, equity, fan
        Tables BARS (of the main type), REGIMES, PREDICTIONS, ROUND_TRIPS, EQUITY and FAN.
    reports
        Content of the JSON files, by the names of :data:`REPORTS`.
    hashes
        SHA-256 by path, of every file that was read.
    """

    symbol: str
    params: Mapping[str, Any]
    bars: pl.DataFrame
    regimes: pl.DataFrame
    predictions: pl.DataFrame
    trades: pl.DataFrame
    equity: pl.DataFrame
    fan: pl.DataFrame
    reports: Mapping[str, Any]
    hashes: Mapping[str, str]
