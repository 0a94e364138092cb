"""Hour and day of the week as plain numbers, and whether a bar closes in the market's own hours."""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np
from numba import njit

from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.params.time import ClockParams
from assay.features.time import day_of_week
from assay.market import zones
from assay.market.instruments import Instrument
from assay.market.sessions import OUTSIDE, Hours, SessionParams, days, hours
from assay.types import Floats, Ints

_feature = partial(Feature, "clock", lookback=1, reference="the market's hours")

_HOUR_NS = 3600 * zones.SECOND_NS


def features(params: ClockParams) -> list[Feature]:  # noqa: ARG001 - every group's signature
    """Return the entries of the group."""
    return list(_ENTRIES)


def hour(x: Inputs) -> Floats:
    """Return the whole hours of the local time of day at the close, 0 to 23."""
    out = np.empty(x.bars.height)
    _hour(x.ns_of_day, out)
    return out


def is_market_open(x: Inputs) -> Floats:
    """Return 1 where the last instant of the bar, a nanosecond before its close, lies in the instrument's hours.

    The hours are the instrument's own, so that where ``session`` is wider they tell regular from extended trading.
    """
    return (days(x.closed_ns - 1, _own_hours(x.instrument)) != OUTSIDE).astype(np.float64)


@lru_cache
def _own_hours(instrument: Instrument) -> Hours:
    return hours(SessionParams(), instrument)


@njit(cache=True)
def _hour(ns_of_day: Ints, out: Floats) -> None:
    for i in range(out.size):
        out[i] = np.uint64(ns_of_day[i]) // np.uint64(_HOUR_NS)


_ENTRIES = (
    _feature(name="hour", definition="local hour of the close", unit="0 to 23", function=hour),
    _feature(
        name="day_of_week",
        definition="trading day's place in the week, Monday 0",
        unit="0 to 6",
        function=lambda x: day_of_week(x).astype(np.float64),
    ),
    _feature(
        name="is_market_open",
        definition="1 where the bar ends inside the instrument's own hours, else 0",
        unit="0 or 1",
        function=is_market_open,
    ),
)
