"""Ours: one function of a market, handed to the executor of this process, each with a time limit of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from assay.compute.executor import Serial
from assay.compute.outcomes import Outcome, outcomes
from assay.features.inputs import Inputs
from assay.features.many import Builder
from bench.sides.equity_set_assay import HOURS, PACKAGES, PARAMS, SPY, table
from bench.sides.equity_set_assay import answer as answer_of

__all__ = ["PACKAGES", "answer", "prepare", "work"]


def prepare(folder: Path) -> dict[str, pl.DataFrame]:
    """Read the bars of every share, and compile on one of them."""
    with np.load(folder / "bars.npz") as file:
        columns = dict(file)
    shares = {
        f"S{i}": table({name: values[i] for name, values in columns.items()}) for i in range(len(columns["close"]))
    }
    work({"S0": shares["S0"]})
    return shares


def work(shares: dict[str, pl.DataFrame]) -> list[Outcome[pl.DataFrame]]:
    """Build the features of every share."""
    markets = {name: Inputs(bars, SPY, HOURS) for name, bars in shares.items()}
    return outcomes(Serial(), Builder(PARAMS), markets, limit_s=60.0, label="features")


def answer(result: list[Outcome[pl.DataFrame]]) -> dict[str, Any]:
    """Return how many were built, and the answer of the last one."""
    built = [outcome.value for outcome in result if outcome.value is not None]
    return {"n_built": len(built), **answer_of(built[-1])}
