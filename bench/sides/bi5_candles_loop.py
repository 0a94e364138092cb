"""A list of tuples, as plain Python is fastest at it."""

from __future__ import annotations

import struct
from pathlib import Path

from bench.bi5_input import MINUTES, all_records

PACKAGES = ()
(_START_NS, _), _STEP_NS, _LAG_NS, _PER_UNIT, _ = MINUTES


def prepare(folder: Path) -> list[bytes]:
    """Unpack the files."""
    return all_records(folder)


def work(contents: list[bytes]) -> tuple[int, list[tuple[float, ...]]]:
    """Make times, prices and volume of each candle of each day, and let the day before go."""
    n_rows, day = 0, []
    for content in contents:
        day = [
            (
                _START_NS + second * 1_000_000_000,
                _START_NS + second * 1_000_000_000 + _STEP_NS,
                _START_NS + second * 1_000_000_000 + _STEP_NS + _LAG_NS,
                first / _PER_UNIT,
                high / _PER_UNIT,
                low / _PER_UNIT,
                last / _PER_UNIT,
                volume * 1e6,
            )
            for second, first, last, low, high, volume in struct.iter_unpack(">IIIIIf", content)
        ]
        n_rows += len(day)
    return n_rows, day


def answer(found: tuple[int, list[tuple[float, ...]]]) -> dict[str, float]:
    """Return the number of rows, and a figure of the last day."""
    n_rows, day = found
    return {"n_rows": n_rows, "closes": float(sum(row[6] for row in day))}
