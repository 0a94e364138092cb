"""The trading day's place in its month and its year, on a circle; and features of trading days, day by day."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.stats.turns import TURN
from assay.types import Flags, Floats, Ints


def by_day(x: Inputs, tell: Callable[[Ints], Ints | Flags | Floats]) -> Floats:
    """Return per bar what is told of its trading day; ``tell`` sees each day once."""
    days, place = x.once("trading days", lambda: np.unique(x.session_day, return_inverse=True))
    return tell(days).astype(np.float64)[place]


def _place(unit: str, days: Ints) -> Ints:
    """Return how many days of its month (M) or year (Y) each day has before it."""
    dates = days.astype("datetime64[D]")
    return (dates - dates.astype(f"datetime64[{unit}]").astype("datetime64[D]")).astype(np.int64)


def _cycle(name: str, word: str, unit: str, n_days: int, wave: Callable[[float], float]) -> Feature:
    values = np.array([wave(TURN * day / n_days) for day in range(n_days)])
    return Feature(
        group="calendar",
        lookback=1,
        name=name,
        definition=f"{word}, of {n_days} days",
        unit="-1 to 1",
        function=lambda x: by_day(x, lambda days: values[_place(unit, days)]),
        reference="cyclical encoding",
    )


CYCLES = (
    _cycle("month_sin", "sine of the trading day's place in the month", "M", 31, math.sin),
    _cycle("month_cos", "cosine of the trading day's place in the month", "M", 31, math.cos),
    _cycle("year_sin", "sine of the trading day's place in the year", "Y", 366, math.sin),
    _cycle("year_cos", "cosine of the trading day's place in the year", "Y", 366, math.cos),
)
