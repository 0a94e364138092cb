"""The input of the works on labels: closes of a walk in ticks, and barriers of two deviations at every bar."""

from __future__ import annotations

from pathlib import Path

import numpy as np

HORIZON, WINDOW, TICK = 100, 100, 0.25


def make(folder: Path, n: int) -> None:
    """Write ``close`` and ``width``, the distance of either barrier; both have a value for each of ``n`` bars.

    Distances end on half a tick: no close lies so near to a barrier that it matters whether moves are differences,
    ratios or logarithms, and whether equality touches. So all sides find the same touches.
    """
    moves = np.random.default_rng(0).integers(-6, 7, n)
    path = np.cumsum(moves)
    close = TICK * (path - path.min() + 16_000)
    squares = np.cumsum(moves.astype(float) ** 2)
    deviation = np.sqrt((squares[WINDOW:] - squares[:-WINDOW]) / WINDOW)
    deviation = np.concatenate([np.full(WINDOW, deviation[0]), deviation])
    np.save(folder / "close.npy", close)
    np.save(folder / "width.npy", TICK * (np.floor(2.0 * deviation) + 0.5))


def read(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return closes, distances, and the events: every bar but those too near to the end."""
    close = np.load(folder / "close.npy")
    return close, np.load(folder / "width.npy"), np.arange(close.size - HORIZON)


def make_spans(folder: Path, n: int) -> None:
    """Write ``starts`` and ``ends`` of n labels, one a bar, of 1 to 20 bars."""
    _save(folder, np.arange(n), np.random.default_rng(0).integers(0, 20, n))


def make_sparse_spans(folder: Path, n: int) -> None:
    """Write those of n labels, one every three bars, of 1 to 30 bars; and ``uniform``, n random numbers."""
    rng = np.random.default_rng(0)
    _save(folder, 3 * np.arange(n) + rng.integers(0, 3, n), rng.integers(0, 30, n))
    np.save(folder / "uniform.npy", np.random.RandomState(7).random_sample(n))


def _save(folder: Path, starts: np.ndarray, lengths: np.ndarray) -> None:
    np.save(folder / "starts.npy", starts)
    np.save(folder / "ends.npy", starts + lengths)
