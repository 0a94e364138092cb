"""VPIN, Kyle's lambda, Amihud's illiquidity, Roll's and Corwin-Schultz's spreads over 50 bars, of one market."""

from __future__ import annotations

from pathlib import Path

import numpy as np

NAME = "VPIN, Kyle, Amihud, Roll, Corwin-Schultz, rows of one market"
N = 1_000_000
MOST = 10_000_000
SIDES = {"assay": "", "pandas": "frames"}
GOALS = {"pandas": 0.5}


def make(folder: Path, n: int) -> None:
    """Write n bars on a grid of cents."""
    np.savez(folder / "bars.npz", **bars(n, 1))


def bars(n: int, seed: int) -> dict[str, np.ndarray]:
    """Return prices that bounce and move with what is bought, volumes of either side, and value."""
    rng = np.random.default_rng(seed)
    bought, sold = rng.integers(1, 1000, n).astype(float), rng.integers(1, 1000, n).astype(float)
    path = np.cumsum(np.rint(0.02 * (bought - sold) + rng.normal(0.0, 5.0, n)))
    close = 100.0 + (path - path.min() + rng.integers(-4, 5, n) + 4.0) / 100.0
    high, low = close + rng.integers(0, 30, n) / 100.0, close - rng.integers(0, 30, n) / 100.0
    volume = bought + sold
    sides = {"volume": volume, "buy_volume": bought, "sell_volume": sold, "value": volume * close}
    return {"high": high, "low": low, "close": close, **sides}
