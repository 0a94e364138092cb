"""When to decide: at every bar, by the clock, or where prices have moved."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from assay.labels.cusum import cusum
from assay.labels.params import EventParams
from assay.labels.rules import bands, breakout, cross
from assay.stats.elementary import log
from assay.stats.rolling import change, std
from assay.tables.instants import nanoseconds
from assay.types import Flags, Floats, Ints, Signs

_MINUTE_NS = 60_000_000_000


class Events(NamedTuple):
    """Bars at whose close a decision is taken, rising, and the side of the rule; None where it takes none."""

    ordinals: Ints
    side: Signs | None


def events(bars: pl.DataFrame, params: EventParams) -> Events:
    """Return when to decide.

    Parameters
    ----------
    bars
        Table BARS, n rows.
    params
        The method and what belongs to it.

    Notes
    -----
    Whether a bar is an event is known at its close: no method looks at later bars, or at all of them.
    """
    match params.method:
        case "every_bar":
            return Events(np.arange(bars.height, dtype=np.int64), None)
        case "cusum":
            return Events(np.flatnonzero(moved(bars["close"].to_numpy(), params)), None)
        case "clock":
            return Events(np.flatnonzero(new_period(nanoseconds(bars, "closed_at"), params.clock_minutes)), None)
        case "session_open":
            return Events(np.flatnonzero(_opened(bars, params.open_minutes)), None)
    side = _side(bars, params)
    ordinals = np.flatnonzero(side)
    return Events(ordinals, side[ordinals])


def moved(close: Floats, params: EventParams) -> Flags:
    """Return where the CUSUM filter of log closes fires, shape (n,)."""
    moves = change(log(close))
    threshold = np.full(close.size, params.cusum_threshold)
    if params.cusum_unit == "volatility":
        threshold *= std(moves, params.volatility_window)
    return cusum(moves, threshold)


def new_period(closed_ns: Ints, minutes: float) -> Flags:
    """Return which bars are the first to close in their period of the clock, shape (n,).

    Periods ``[k T, (k + 1) T)`` are counted from 1970-01-01 UTC; one without a close has no event.
    """
    period = closed_ns // max(round(minutes * _MINUTE_NS), 1)
    return np.append(True, period[1:] != period[:-1])[: period.size]


def since_open(opened_ns: Ints, closed_ns: Ints, session: Ints, minutes: float) -> Flags:
    """Return which bars are the first of their session to close some minutes after its first tick, shape (n,).

    With 30 minutes it is the bar that ends the opening range (Crabel 1990, *Day Trading with Short Term Price Patterns
    and Opening Range Breakout*). A session that is over before has no event.
    """
    new = np.append(True, session[1:] != session[:-1])[: session.size]
    first = np.maximum.accumulate(np.where(new, np.arange(session.size), 0))
    late = closed_ns - opened_ns[first] >= round(minutes * _MINUTE_NS)
    return late & (new | ~np.append(False, late[:-1])[: late.size])


def _opened(bars: pl.DataFrame, minutes: float) -> Flags:
    session = bars["session"].to_physical().to_numpy()
    return since_open(nanoseconds(bars, "opened_at"), nanoseconds(bars, "closed_at"), session, minutes)


def _side(bars: pl.DataFrame, params: EventParams) -> Signs:
    high, low, close = (bars[name].to_numpy() for name in ("high", "low", "close"))
    if params.method == "breakout":
        return breakout(high, low, close, params.window)
    if params.method == "cross":
        return cross(close, params.fast_window, params.slow_window)
    return bands(close, params.window, params.band_sigmas)
