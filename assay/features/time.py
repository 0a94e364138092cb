"""Time of day, day of the week and place in the session, from the close of a bar and the market's known hours."""

from __future__ import annotations

from functools import partial

import numpy as np
from numba import njit
from numpy.typing import NDArray

from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.params.time import TimeParams
from assay.market import zones
from assay.market.session_ends import end_s
from assay.stats import turns
from assay.types import Floats, Ints

_feature = partial(Feature, "time")

_WEEK = turns.TURN * (np.arange(7) / 7.0)
_WEEK_SINE, _WEEK_COSINE = np.sin(_WEEK), np.cos(_WEEK)
_CYCLE, _HOURS, _MINUTES = "cyclical encoding", "the market's hours", "minutes"


def features(params: TimeParams) -> list[Feature]:  # noqa: ARG001 - every group's signature
    """Return the entries of the group."""
    return list(_ENTRIES)


def on_day(x: Inputs) -> tuple[Floats, Floats]:
    """Return sine and cosine of the local time of day at the close."""
    return x.once("turns of the day", lambda: turns.of_day(x.ns_of_day))


def in_week(x: Inputs, wave: Floats) -> Floats:
    """Return the value of one of seven days, 0 for Monday."""
    out = np.empty(x.bars.height)
    _pick(wave, day_of_week(x), out)
    return out


def minutes_from_start(x: Inputs) -> Floats:
    """Return minutes on the wall clock from the session's start to the close."""
    start_s = x.session_day * zones.DAY_S + x.hours.start_s - zones.DAY_S * x.hours.overnight
    return (x.local_ns - start_s * zones.SECOND_NS) / (60.0 * zones.SECOND_NS)


def minutes_to_end(x: Inputs) -> Floats:
    """Return minutes on the wall clock from the close to the session's end, Friday's earlier one included."""
    end_ns = (x.session_day * zones.DAY_S + end_s(x.session_day, x.hours)) * zones.SECOND_NS
    return (end_ns - x.local_ns) / (60.0 * zones.SECOND_NS)


def day_of_week(x: Inputs) -> NDArray[np.int32]:
    """Return the trading day's place in the week, 0 for Monday to 6 for Sunday."""
    return x.once("day of the week", lambda: _weekday(x.session_day))


def _weekday(day: Ints) -> NDArray[np.int32]:
    out = np.empty(day.size, np.int32)
    _name(day, out)
    return out


@njit(cache=True)
def _name(day: Ints, out: NDArray[np.int32]) -> None:
    """Set each day's place in the week; that of the last one is tried first, as many bars have one day."""
    last, place = 0, zones.THURSDAY_1970
    for i in range(out.size):
        if day[i] != last:
            last, place = day[i], (day[i] + zones.THURSDAY_1970) % 7
        out[i] = place


@njit(cache=True)
def _pick(values: Floats, places: NDArray[np.int32], out: Floats) -> None:
    for i in range(out.size):
        out[i] = values[places[i]]


_ENTRIES = (
    _feature("hour_sin", "sine of the local time of day", "-1 to 1", 1, lambda x: on_day(x)[0], _CYCLE),
    _feature("hour_cos", "cosine of the local time of day", "-1 to 1", 1, lambda x: on_day(x)[1], _CYCLE),
    _feature(
        "dow_sin",
        "sine of the trading day's place in the week",
        "-1 to 1",
        1,
        lambda x: in_week(x, _WEEK_SINE),
        _CYCLE,
    ),
    _feature(
        "dow_cos",
        "cosine of the trading day's place in the week",
        "-1 to 1",
        1,
        lambda x: in_week(x, _WEEK_COSINE),
        _CYCLE,
    ),
    _feature("minutes_from_start", "minutes since the start of the session", _MINUTES, 1, minutes_from_start, _HOURS),
    _feature("minutes_to_end", "minutes to the end of the session", _MINUTES, 1, minutes_to_end, _HOURS),
)
