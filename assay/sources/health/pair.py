"""Two sources of one symbol: the shift of the clock at which their one-minute returns agree."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from assay.market.calendars import MINUTE_NS
from assay.sources.health.clock import SHIFTS
from assay.sources.health.spans import instants
from assay.types import Flags, Floats, Ints

SCALE, LARGEST = 1e7, 100_000
"""Returns are whole numbers of 0.001 basis points, 1 % at most, so that sums of a month are exact."""
LEAST_MINUTES = 100
LEAST_CORRELATION, LEAST_LEAD = 0.5, 0.2
_HALF_HOUR_MINUTES = 30


def minute_returns(frame: pl.DataFrame) -> tuple[Ints, Ints]:
    """Return the minutes, since 1970-01-01 UTC, that have a row and whose predecessor has one, and their returns.

    Parameters
    ----------
    frame
        QUOTES (the mid is taken), TRADES, or OHLCV of one minute, in order of time.

    Returns
    -------
    tuple[Ints, Ints]
        Minutes and returns from the last price of the minute before, in 0.001 basis points, shape (n,) each.
    """
    minute = instants(frame, "opened_at" if "opened_at" in frame.columns else "time") // MINUTE_NS
    last = np.flatnonzero(np.diff(minute, append=minute[-1:] + 1))
    minute, price = minute[last], _price(frame)[last]
    follows = np.flatnonzero(np.diff(minute) == 1) + 1
    returns = np.rint((price[follows] / price[follows - 1] - 1.0) * SCALE).astype(np.int64)
    return minute[follows], np.clip(returns, -LARGEST, LARGEST)


def part(left: pl.DataFrame, right: pl.DataFrame) -> list[list[int]]:
    """Return by shift of the left clock the sums that make a correlation: n, x, y, x x, y y, x y. Whole numbers."""
    if not (left.height and right.height):
        return [[0] * 6 for _ in SHIFTS]
    (at, x), (other, y) = minute_returns(left), minute_returns(right)
    return [_sums(at + half_hours * _HALF_HOUR_MINUTES, x, other, y) for half_hours in SHIFTS]


def merged(parts: Sequence[Sequence[Sequence[int]]]) -> dict[str, Any]:
    """Return at which shift of the left clock the two sources agree.

    Returns
    -------
    dict
        ``shift_hours`` to add to the left times, ``correlation`` there, ``correlation_unshifted`` and
        ``correlation_next``, the best of shifts an hour and more away; ``n_minutes``. All are null where no shift has
        100 minutes in common, a correlation of 0.5, and 0.2 more than those.
    """
    sums = [[sum(column) for column in zip(*rows, strict=True)] for rows in zip(*parts, strict=True)]
    found = np.array([_correlation(*row) for row in sums])
    best = int(np.argmax(found))
    apart = np.abs(np.array(SHIFTS) - SHIFTS[best]) > 1
    runner_up = float(found[apart].max())
    if found[best] < max(LEAST_CORRELATION, runner_up + LEAST_LEAD):
        return dict.fromkeys(("shift_hours", "correlation", "correlation_unshifted", "correlation_next", "n_minutes"))
    return {
        "shift_hours": SHIFTS[best] / 2,
        "correlation": float(found[best]),
        "correlation_unshifted": float(found[SHIFTS.index(0)]),
        "correlation_next": runner_up,
        "n_minutes": sums[best][0],
    }


def finding(found: Mapping[str, Any], other: str) -> str:
    """Return in a sentence that the clock contradicts another source's; empty if it does not."""
    if not found["shift_hours"]:
        return ""
    return (
        f"clock: {found['shift_hours']:+g} h on all times give a correlation of {found['correlation']:.2f} "
        f"with {other}, as they are {found['correlation_unshifted']:.2f}"
    )


def _sums(at: Ints, x: Ints, other: Ints, y: Ints) -> list[int]:
    place = np.searchsorted(other, at)
    common: Flags = place < other.size
    common[common] = other[place[common]] == at[common]
    x, y = x[common], y[place[common]]
    return [x.size, *(int(column.sum()) for column in (x, y, x * x, y * y, x * y))]


def _correlation(n: int, x: int, y: int, xx: int, yy: int, xy: int) -> float:
    """Return Pearson's correlation from whole sums; 0 where there are too few minutes or no movement."""
    spread = (n * xx - x * x) * (n * yy - y * y)
    return float((n * xy - x * y) / math.sqrt(spread)) if n >= LEAST_MINUTES and spread else 0.0


def _price(frame: pl.DataFrame) -> Floats:
    for name in ("close", "price"):
        if name in frame.columns:
            return frame[name].to_numpy()
    return (frame["bid"].to_numpy() + frame["ask"].to_numpy()) / 2.0
