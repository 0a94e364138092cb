"""From round trips to the fan and its report: what other orders of the same trades would have given."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from assay.metrics.drawdown import max_fall
from assay.simulate.block_length import optimal
from assay.simulate.params import MonteCarloParams
from assay.simulate.paths import Paths, simulate
from assay.tables.fan import FAN
from assay.types import Floats

N_MARKS = 200
"""Points of the fan, the start among them."""

QUANTILES = (0.05, 0.25, 0.50, 0.75, 0.95)
NAMES = ("p05", "p25", "p50", "p75", "p95")
FEWEST = 2
"""Trades below which there is no order to change."""

NOTE = (
    "The paths reorder and repeat the trades that were made, in blocks. They show how much of the result and of the "
    "drawdown is luck of the order and of the draw if the future resembles these trades; they say nothing about "
    "whether the mean profit is real, because every path is drawn around the mean of this one sample."
)


def run(
    trades: pl.DataFrame, params: MonteCarloParams, generator: np.random.Generator
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Bootstrap the net profits of one book, in the order of its trades.

    Parameters
    ----------
    trades
        Round trips of both books. The selected book is used if it has two trades or more, else the signals book.
    params
        The ``montecarlo`` block.
    generator
        Source of all draws.

    Returns
    -------
    tuple
        The fan (empty where nothing was drawn), and the report: profits and drawdowns in account currency, nulls and
        a ``reason`` where nothing was drawn.
    """
    book, profits = _sequence(trades)
    report = _empty(params, book, profits.size)
    if report["reason"] is not None:
        return FAN.empty(), report
    length = optimal(profits).stationary if params.block_length == "auto" else float(params.block_length)
    paths = simulate(profits, params.n_sims, length, N_MARKS, generator)
    report |= _summary(paths, profits, params.confidence) | {"block_length_trades": length}
    return _frame(paths, profits, book, str(trades.get_column("symbol")[0])), report


def _sequence(trades: pl.DataFrame) -> tuple[str, Floats]:
    """Return the book that is used and its net profits by order of entry."""
    book = "selected" if trades.filter(pl.col("book") == "selected").height >= FEWEST else "signals"
    return book, trades.filter(pl.col("book") == book).sort("entered")["net"].to_numpy()


def _empty(params: MonteCarloParams, book: str, n_trades: int) -> dict[str, Any]:
    """Return the report of a run in which nothing was drawn, and why; ``reason`` is None where paths can be drawn."""
    few = "fewer than two trades" if n_trades < FEWEST else None
    simulated = ("block_length_trades", "final_profit", "max_drawdown", "loss_probability")
    return {
        "book": book,
        "note": NOTE,
        "reason": few if params.enabled else "switched off",
        "n_trades": n_trades,
        "horizon_trades": n_trades,
        "n_sims": params.n_sims,
        "confidence": params.confidence,
    } | dict.fromkeys((*simulated, "realised_profit", "realised_drawdown"))


def _summary(paths: Paths, profits: Floats, confidence: float) -> dict[str, Any]:
    return {
        "final_profit": _spread(paths.final, confidence),
        "max_drawdown": _spread(paths.drawdown, confidence),
        "loss_probability": float(np.mean(paths.final < 0.0)),
        "realised_profit": float(np.sum(profits)),
        "realised_drawdown": max_fall(np.cumsum(profits), 0.0),
    }


def _spread(values: Floats, confidence: float) -> dict[str, float]:
    """Return mean, quantiles and the central interval that holds ``confidence`` of the values."""
    tails = ((1.0 - confidence) / 2.0, (1.0 + confidence) / 2.0)
    low, high, *fixed = np.quantile(values, (*tails, *QUANTILES)).tolist()
    return {"mean": float(np.mean(values)), "low": low, "high": high} | dict(zip(NAMES, fixed, strict=True))


def _frame(paths: Paths, profits: Floats, book: str, symbol: str) -> pl.DataFrame:
    """Return the fan: one row per mark."""
    reached = np.concatenate([[0.0], np.cumsum(profits)])[paths.marks]
    columns = dict(zip(NAMES, np.quantile(paths.at, QUANTILES, axis=0), strict=True))
    named = {"book": [book] * paths.marks.size, "symbol": [symbol] * paths.marks.size, "trade": paths.marks}
    schema = {name: column.dtype for name, column in FAN.columns.items()}
    return pl.DataFrame(named | columns | {"realised": reached}, schema=schema)
