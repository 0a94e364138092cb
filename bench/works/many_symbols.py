"""The same columns of many shares, a year of their trading hours each; the size is the number of shares."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench.works.equity_set import bars

NAME = "36-column equity set, shares of a year of hours each"
N = 1057
SIDES = {"assay": "", "talib": "frames"}
GOALS: dict[str, float] = {}
SECONDS = 1.0

N_HOURS = 1764
"""252 days of 7 hours."""


def make(folder: Path, n: int) -> None:
    """Write the bars of n shares, shape (n, hours) each column."""
    each = [bars(N_HOURS, seed) for seed in range(n)]
    np.savez(folder / "bars.npz", **{name: np.stack([one[name] for one in each]) for name in each[0]})
