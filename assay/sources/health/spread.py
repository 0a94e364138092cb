"""The spread by hour of the day: how often each one occurred, and the median."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numba import njit

from assay.sources.health.clock import HOUR_NS
from assay.sources.health.spans import Minutes, values
from assay.types import Floats, Ints

HOURS = 24
BPS_STEPS = 1e6
"""Steps of the spread without a tick size: a hundredth of a basis point of the mid."""
FEW = 1 << 11
"""Spreads, from 0 on, that are counted in a table; where others occur, all are grouped."""
_BPS = 100.0


def part(frame: pl.DataFrame, covered: Minutes, tick_size: float | None) -> dict[str, Any]:
    """Return how often each spread of some quotes occurred.

    Parameters
    ----------
    frame
        Quotes in order of time.
    covered
        The minutes that have rows.
    tick_size
        Smallest price step, quote currency; None counts hundredths of a basis point.

    Returns
    -------
    dict
        ``unit``, and by hour of the day, UTC, ``hours``: lists of ``[spread, rows]``, the spread in whole steps.
    """
    bid, ask = (values(frame[name]) for name in ("bid", "ask"))
    hours, counts = covered.begin_ns // HOUR_NS % HOURS, np.zeros((HOURS, FEW), np.int64)
    if _tabled(bid, ask, tick_size or 0.0, hours, covered.n_rows, counts):
        found = [np.column_stack((np.flatnonzero(row), row[row > 0])).tolist() for row in counts]
    else:
        steps = _steps(bid, ask, tick_size or 0.0) + 0.0
        rows = pl.DataFrame({"hour": np.repeat(hours, covered.n_rows), "steps": steps}).group_by("hour", "steps").len()
        found = [[[int(step), n] for at, step, n in rows.sort("steps").rows() if at == hour] for hour in range(HOURS)]
    return {"unit": "ticks" if tick_size else "bps", "hours": found}


def joined(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Return two parts of one unit as one: a history is cut into more parts than it has spreads."""
    pairs = zip(first["hours"], second["hours"], strict=True)
    return {"unit": first["unit"], "hours": [_sum([*left, *right]) for left, right in pairs]}


def merged(parts: Sequence[Mapping[str, Any] | None]) -> dict[str, Any] | None:
    """Return the median spread by hour of the day, UTC, null for hours without a row; None for what has no spread."""
    spreads = [one for one in parts if one is not None]
    if not spreads:
        return None
    unit, per_step = spreads[0]["unit"], 1.0 if spreads[0]["unit"] == "ticks" else _BPS
    medians = [_median([pair for one in spreads for pair in one["hours"][hour]]) for hour in range(HOURS)]
    return {"unit": unit, "median": [None if steps is None else steps / per_step for steps in medians]}


def _sum(counted: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return each value once, in order, with the sum of its counts."""
    total: Counter[int] = Counter()
    for value, n in counted:
        total[value] += n
    return [[value, n] for value, n in sorted(total.items())]


def _median(counted: Sequence[Sequence[int]]) -> int | None:
    """Return the lower median of values with their counts."""
    total = sum(n for _, n in counted)
    seen = 0
    for value, n in _sum(counted):
        seen += n
        if 2 * seen >= total:
            return value
    return None


@njit(cache=True, nogil=True)
def _tabled(bid: Floats, ask: Floats, tick_size: float, hours: Ints, n_rows: Ints, counts: Ints) -> bool:
    """Count spreads by the hour of runs of rows; return whether all lie in the table."""
    row = 0
    for hour, n in zip(hours, n_rows):  # noqa: B905 - numba knows no strict
        for i in range(row, row + n):
            steps = _steps(bid[i], ask[i], tick_size)
            if not 0.0 <= steps < counts.shape[1]:
                return False
            counts[hour, int(steps)] += 1
        row += n
    return True


@njit(cache=True, nogil=True)
def _steps(bid: Any, ask: Any, tick_size: float) -> Any:
    """Return spreads in whole ticks, or, without a tick size, in hundredths of a basis point."""
    return np.rint((ask - bid) / tick_size if tick_size > 0.0 else (ask - bid) / (ask + bid) * (2.0 * BPS_STEPS))
