"""Time of day, day of the week and place in the session, from the close of a bar and the market's known hours."""

from __future__ import annotations

from functools import partial

import numpy as np

from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.params import TimeParams
from assay.market import zones
from assay.types import Floats, Ints

_feature = partial(Feature, "time")

_TURN = 2.0 * np.pi
_THURSDAY_1970, _FRIDAY = 3, 4
_CYCLE, _HOURS, _MINUTES = "cyclical encoding", "the market's hours", "minutes"


def features(params: TimeParams) -> list[Feature]:  # noqa: ARG001 - every group's signature
    """Return the entries of the group."""
    return list(_ENTRIES)


def day_turns(x: Inputs) -> Floats:
    """Return the part of the local day that has passed at the close, 0 to 1."""
    return (_local_ns(x) % zones.DAY_NS) / zones.DAY_NS


def week_turns(x: Inputs) -> Floats:
    """Return the trading day's place in the week, 0 for Monday to 6/7 for Sunday."""
    return _weekday(x) / 7.0


def minutes_from_start(x: Inputs) -> Floats:
    """Return minutes on the wall clock from the session's start to the close."""
    start_s = x.session_day * zones.DAY_S + x.hours.start_s - zones.DAY_S * x.hours.overnight
    return (_local_ns(x) - start_s * zones.SECOND_NS) / (60.0 * zones.SECOND_NS)


def minutes_to_end(x: Inputs) -> Floats:
    """Return minutes on the wall clock from the close to the session's end, Friday's earlier one included."""
    early = (_weekday(x) == _FRIDAY) & (not x.hours.weekend_trading)
    end_s = np.where(early, min(x.hours.end_s, x.hours.friday_end_s), x.hours.end_s)
    end_ns = (x.session_day * zones.DAY_S + end_s) * zones.SECOND_NS
    return (end_ns - _local_ns(x)) / (60.0 * zones.SECOND_NS)


def _local_ns(x: Inputs) -> Ints:
    return zones.local(x.closed_ns, x.hours.zone)


def _weekday(x: Inputs) -> Ints:
    return (x.session_day + _THURSDAY_1970) % 7


_ENTRIES = (
    _feature("hour_sin", "sine of the local time of day", "-1 to 1", 1, lambda x: np.sin(_TURN * day_turns(x)), _CYCLE),
    _feature(
        "hour_cos", "cosine of the local time of day", "-1 to 1", 1, lambda x: np.cos(_TURN * day_turns(x)), _CYCLE
    ),
    _feature(
        "dow_sin",
        "sine of the trading day's place in the week",
        "-1 to 1",
        1,
        lambda x: np.sin(_TURN * week_turns(x)),
        _CYCLE,
    ),
    _feature(
        "dow_cos",
        "cosine of the trading day's place in the week",
        "-1 to 1",
        1,
        lambda x: np.cos(_TURN * week_turns(x)),
        _CYCLE,
    ),
    _feature("minutes_from_start", "minutes since the start of the session", _MINUTES, 1, minutes_from_start, _HOURS),
    _feature("minutes_to_end", "minutes to the end of the session", _MINUTES, 1, minutes_to_end, _HOURS),
)
