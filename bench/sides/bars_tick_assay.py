"""Ours: columns of trades in, the table of bars out, each with all of its columns."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from assay.bars.as_table import frame
from assay.bars.builder import BarBuilder
from assay.bars.params import Kind
from assay.bars.ticks import Ticks
from assay.types import Ints
from bench.bars_input import MONEY, N_TICKS, SECONDS, UNITS, read

PACKAGES = ("numpy", "numba", "polars")
SIZES: dict[Kind, float] = {
    "tick": N_TICKS,
    "time": SECONDS,
    "volume": UNITS,
    "dollar": MONEY,
    "volume_imbalance": N_TICKS,
    "volume_run": N_TICKS,
}


class Trades(NamedTuple):
    """Trades of one endless session, and the kind of bar to make of them."""

    kind: Kind
    ticks: Ticks
    days: Ints


def prepared(folder: Path, kind: Kind) -> Trades:
    """Read the trades, and compile on them."""
    columns = read(folder)
    ticks = Ticks(columns["time_ns"], columns["price"], columns["size"], columns["side"], None, None)
    trades = Trades(kind, ticks, np.zeros(ticks.price.size, np.int64))
    work(trades)
    return trades


def prepare(folder: Path) -> Trades:
    """Read the trades, and compile on them."""
    return prepared(folder, "tick")


def work(trades: Trades) -> pl.DataFrame:
    """Make the bars."""
    return frame(BarBuilder(trades.kind, SIZES[trades.kind]).push(trades.ticks, trades.days), "WALK")


def answer(bars: pl.DataFrame) -> dict[str, float]:
    """Return figures of the bars that are full on every side."""
    full = bars.head(bars.height - 1)
    return {name: float(full[name].sum()) for name in ("open", "high", "low", "close", "volume")}
