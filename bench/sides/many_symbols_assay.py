"""Ours: one catalogue for all markets, each of which is built of its own bars alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from assay.features.build import table as features
from assay.features.catalogue import catalogue
from assay.features.inputs import Inputs
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


def work(shares: dict[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """Build the features of every share."""
    entries = catalogue(PARAMS)
    return [features(entries, Inputs(bars, SPY, HOURS)) for bars in shares.values()]


def answer(result: list[pl.DataFrame]) -> dict[str, Any]:
    """Return how many were built, and the answer of the last one."""
    return {"n_built": len(result), **answer_of(result[-1])}
