"""Hour and day of the week as plain numbers, and whether a bar closes in the market's own hours."""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np

from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.params.time import ClockParams
from assay.features.time import day_of_week
from assay.market import zones
from assay.market.instruments import Instrument
from assay.market.sessions import OUTSIDE, Hours, SessionParams, days, hours
from assay.types import Floats

_feature = partial(Feature, "clock", lookback=1, reference="the market's hours")


def features(params: ClockParams) -> list[Feature]:  # noqa: ARG001 - every group's signature
    """Return the entries of the group."""
    return list(_ENTRIES)


def hour(x: Inputs) -> Floats:
    """Return the whole hours of the local time of day at the close, 0 to 23."""
    return (x.ns_of_day // (3600 * zones.SECOND_NS)).astype(np.float64)


def is_market_open(x: Inputs) -> Floats:
    """Return 1 where the last instant of the bar, a nanosecond before its close, lies in the instrument's hours.

    The hours are the instrument's own, so that where ``session`` is wider they tell regular from extended trading.
    """
    return (days(x.closed_ns - 1, _own_hours(x.instrument)) != OUTSIDE).astype(np.float64)


@lru_cache
def _own_hours(instrument: Instrument) -> Hours:
    return hours(SessionParams(), instrument)


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
