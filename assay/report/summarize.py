"""From tables to the numbers of the page: everything that is computed is computed here or below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from assay.backtest.curve import is_tested
from assay.report import forecasts, health, trades
from assay.report.inputs import Inputs
from assay.report.params import ReportParams
from assay.report.verdict import Evidence, Verdict, decide
from assay.tables.book import BOOKS

REGIME = "Filtered probability of a regime, from the models of the fold."
MOST_ORIGINS = 500
"""Raw files listed on the page; the manifest has them all."""


@dataclass(frozen=True)
class Period:
    """What was looked at: all bars, and the part of them that was predicted out of sample."""

    first_at: datetime
    last_at: datetime
    n_bars: int
    n_days: int
    tested_from: datetime | None
    tested_to: datetime | None
    n_tested_bars: int
    n_tested_days: int


@dataclass(frozen=True)
class Summary:
    """Every number and word of the page; ``books`` and ``reports`` are shown as the stages wrote them."""

    name: str
    symbol: str
    currency: str
    period: Period
    verdict: Verdict
    books: Mapping[str, Mapping[str, Any]]
    survived: Mapping[str, int]
    exits: Mapping[str, list[dict[str, Any]]]
    trades: Mapping[str, list[dict[str, Any]]]
    price_digits: int
    tested: bool
    folds: list[dict[str, Any]]
    calibration: list[dict[str, float]]
    decisions: list[dict[str, Any]]
    importance: list[dict[str, Any]]
    days: list[tuple[date, int]]
    data: health.Told
    reports: Mapping[str, Any]
    blocks: Mapping[str, Mapping[str, Any]]
    hashes: Mapping[str, str]
    origins: list[tuple[str, str]]
    n_origins: int


def summarize(inputs: Inputs, params: ReportParams) -> Summary:
    """Return the summary of a run."""
    backtest, walkforward = inputs.reports["backtest"], inputs.reports["walkforward"]
    period, origins = _period(inputs), _origins(inputs.reports["manifest"])
    of_book = {name: inputs.trades.filter(pl.col("book") == name) for name in BOOKS.categories.to_list()}
    size = (inputs.predictions.height, period.n_tested_days)
    selected, every = (_evidence(backtest[name], *size) for name in ("selected", "signals"))
    return Summary(
        name=str(inputs.params.get("name", "")),
        symbol=inputs.symbol,
        currency=backtest["currency"],
        period=period,
        verdict=decide(selected, every, params.min_trades, params.few_trials),
        books={name: backtest[name] for name in of_book},
        survived={name: _survived(backtest[name]) for name in of_book},
        exits={name: trades.by_exit(rows) for name, rows in of_book.items()},
        trades={name: trades.extremes(rows, params.n_trades) for name, rows in of_book.items()},
        price_digits=trades.price_digits(inputs.trades),
        tested=bool(inputs.predictions.height),
        folds=forecasts.folds(walkforward.get("folds", []), inputs.trades),
        calibration=walkforward.get("calibration", []),
        decisions=forecasts.decisions(inputs.predictions),
        importance=_importance(walkforward, inputs.reports["schema"], params.n_features),
        days=_days(inputs.bars),
        data=health.told(inputs.reports["manifest"], inputs.reports["health"]),
        reports=inputs.reports,
        blocks=_blocks(inputs.params),
        hashes=inputs.hashes,
        origins=origins[:MOST_ORIGINS],
        n_origins=len(origins),
    )


def _period(inputs: Inputs) -> Period:
    bars, tested = inputs.bars, inputs.bars.filter(is_tested(inputs.predictions, inputs.trades))
    return Period(
        first_at=bars["opened_at"][0],
        last_at=bars["closed_at"][-1],
        n_bars=bars.height,
        n_days=bars["session"].n_unique(),
        tested_from=tested["closed_at"][0] if tested.height else None,
        tested_to=tested["closed_at"][-1] if tested.height else None,
        n_tested_bars=tested.height,
        n_tested_days=tested["session"].n_unique(),
    )


def _evidence(book: Mapping[str, Any], n_forecasts: int, n_days: int) -> Evidence:
    """Return what the verdict on a book rests on; results in basis points become fractions."""
    mean, low, high = (_fraction(book["net_return_bps"][name]) for name in ("mean", "low", "high"))
    return Evidence(
        n_forecasts=n_forecasts,
        n_trades=book["n_trades"],
        n_days=n_days,
        mean=mean,
        low=low,
        high=high,
        n_trials=_survived(book),
    )


def _survived(book: Mapping[str, Any]) -> int:
    """Return the independent trials that a book's mean net result would survive; 0 unless its interval is above 0."""
    low = book["net_return_bps"]["low"]
    return int(book["survivable_trials"]) if low is not None and low > 0 else 0


def _fraction(basis_points: float | None) -> float | None:
    return None if basis_points is None else basis_points / 1e4


def _importance(walkforward: Mapping[str, Any], schema: Mapping[str, Any], n_features: int) -> list[dict[str, Any]]:
    """Return the most important columns of the base model, in the report's order, with what they are."""
    known = {feature["name"]: feature["definition"] for feature in schema["features"]}
    ranked = walkforward.get("importance", {}).get("base", [])
    return [
        {"name": row["feature"], "share": row["share"], "definition": known.get(row["feature"], REGIME)}
        for row in ranked[:n_features]
    ]


def _days(bars: pl.DataFrame) -> list[tuple[date, int]]:
    """Return the trading days in order, and the bars of each."""
    counts = bars.group_by("session", maintain_order=True).len()
    return list(zip(counts["session"].to_list(), counts["len"].to_list(), strict=True))


def _origins(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return each raw file of all feeds once, by name, with its SHA-256."""
    files = [file for feed in manifest["feeds"] for file in feed["files"]]
    return sorted({item for file in files for item in file["origins"].items()})


def _blocks(params: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the params by block; those that stand alone come first, as one block."""
    alone = {name: value for name, value in params.items() if not isinstance(value, Mapping)}
    return {"run": alone} | {name: dict(block) for name, block in params.items() if isinstance(block, Mapping)}
