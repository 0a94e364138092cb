"""The 36 columns of hourly shares, ``macd_norm`` and ``rsi_14``, of one market."""

from __future__ import annotations

from pathlib import Path

import numpy as np

NAME = "36-column equity set, rows of one market"
N = 1_000_000
MOST = 10_000_000
SIDES = {"assay": "", "talib": "frames", "polars": "frames", "pandas": "frames"}
GOALS = {"talib": 1.0, "polars": 1 / 6}

_MINUTE_NS, _HOUR_NS = 60_000_000_000, 3_600_000_000_000
_MONDAY_NS = 946_857_600_000_000_000


def make(folder: Path, n: int) -> None:
    """Write n bars of a minute on a grid of cents, of every minute of the week: 19 years are ten million."""
    np.savez(folder / "bars.npz", **bars(n, 1, _MINUTE_NS))


def bars(n: int, seed: int, period_ns: int = _HOUR_NS) -> dict[str, np.ndarray]:
    """Return a random walk: the times of the closes, ns UTC, and prices of quotes in steps of a cent."""
    rng = np.random.default_rng(seed)
    path = rng.integers(-3, 4, n).cumsum()
    close = 100.0 + (path - path.min()) / 100.0
    first = np.concatenate([close[:1], close[:-1]])
    high = np.maximum(first, close) + rng.integers(0, 3, n) / 100.0
    low = np.minimum(first, close) - rng.integers(0, 3, n) / 100.0
    closed_ns = _MONDAY_NS + period_ns * np.arange(1, n + 1)
    return {"closed_ns": closed_ns, "open": first, "high": high, "low": low, "close": close}
