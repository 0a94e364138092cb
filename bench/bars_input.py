"""Trades to make bars of: written by the works, read by the sides of every environment."""

from pathlib import Path

import numpy as np

NAMES = ("time_ns", "price", "size", "side")
STEP_S, TICK = 0.02, 0.01
N_TICKS, UNITS, MONEY, SECONDS = 1_000, 10_000.0, 1e7, 20.0
"""What fills a bar, of about as many ticks for each kind."""


def make(folder: Path, n: int) -> None:
    """Write a random walk of ``n`` trades: whole ticks of price, whole sizes, sides by coin, 50 a second."""
    _save(folder, n, drift=0.0, sides=(-1, 1))


def make_rising(folder: Path, n: int) -> None:
    """Write the same, but prices rise a quarter of a tick a trade and no side is given: it is told by the tick rule.

    So more is bought than sold. Where both are even, what a bar of mlfinpy is expected to gather comes so near to 0
    that every tick fills one, and takes an average of ten thousand.
    """
    _save(folder, n, drift=0.25, sides=(0,))


def _save(folder: Path, n: int, drift: float, sides: tuple[int, ...]) -> None:
    generator = np.random.default_rng(7)
    gaps_ns = generator.integers(0, int(2 * STEP_S * 1e9), n)
    columns = (
        np.cumsum(gaps_ns) + 1_700_000_000_000_000_000,
        np.round(1_000 + np.cumsum(generator.standard_normal(n) + drift) * TICK, 2),
        generator.integers(1, 20, n).astype(np.float64),
        generator.choice(np.array(sides, np.int8), n),
    )
    for name, column in zip(NAMES, columns, strict=True):
        np.save(folder / f"{name}.npy", column)


def read(folder: Path) -> dict[str, np.ndarray]:
    """Return the columns."""
    return {name: np.load(folder / f"{name}.npy") for name in NAMES}
