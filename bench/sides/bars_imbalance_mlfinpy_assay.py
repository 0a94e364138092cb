"""Ours."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from bench.sides.bars_tick_assay import PACKAGES, Trades, prepared
from bench.sides.bars_tick_assay import work as bars_of

__all__ = ["PACKAGES", "answer", "prepare", "work"]


def prepare(folder: Path) -> Trades:
    """Read the trades, and compile on them."""
    return prepared(folder, "volume_imbalance")


def work(trades: Trades) -> tuple[pl.DataFrame, Trades]:
    """Make the bars."""
    return bars_of(trades), trades


def answer(result: tuple[pl.DataFrame, Trades]) -> dict[str, float]:
    """Return units and money of all bars, and of the trades after as many as the bars count."""
    bars, (_, ticks, _) = result
    n = int(bars["n_ticks"].sum())
    volume = float(bars["volume"].sum() + ticks.size[n:].sum())
    value = float(bars["value"].sum() + (ticks.price[n:] * ticks.size[n:]).sum())
    return {"volume": volume, "value": value, "open": float(bars["open"][0])}
