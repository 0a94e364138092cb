"""Fixed-width fractional differences of a log price, 1,458 weights, against the package fracdiff."""

from pathlib import Path

import numpy as np

NAME = "fractional differences, order 0.4, 1,458 weights"
N = 1_000_000
MOST = 10_000_000
SIDES = {"assay": "", "fracdiff": "fracdiff"}
GOALS = {"fracdiff": 0.25}


def make(folder: Path, n: int) -> None:
    """Write a random walk."""
    np.save(folder / "log_price.npy", 9.0 + np.cumsum(np.random.default_rng(1).normal(0.0, 1e-3, n)))
