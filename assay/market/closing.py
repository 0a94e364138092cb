"""How long a session still lasts, as was known beforehand: by the market's hours and its exchange's early closes."""

from __future__ import annotations

import numpy as np

from assay.market import zones
from assay.market.calendars import Calendar
from assay.market.session_ends import end_s
from assay.market.sessions import Hours
from assay.types import Ints


def ns_to_close(time_ns: Ints, days: Ints, hours: Hours, exchange: Calendar) -> Ints:
    """Return the time from each instant to the end of its session.

    Parameters
    ----------
    time_ns
        Instants inside sessions, ns since 1970-01-01 UTC, shape (n,), in any order.
    days
        The session of each, days from 1970-01-01 to its date, shape (n,).
    hours
        The hours of the market.
    exchange
        When the exchange is open; its last closing before the session's end by the hours goes before that end.

    Returns
    -------
    Ints
        Nanoseconds, shape (n,); 0 or less where the exchange should be closed already.

    Raises
    ------
    DataError
        If the exchange's holidays are not known for the years of the instants.

    Notes
    -----
    Hours and holidays are published ahead, so an instant knows no more than it may. What lies between an instant and
    the end is counted on the wall clock; no market changes its clock inside a session.
    """
    if not time_ns.size:
        return np.empty(0, np.int64)
    end_ns = time_ns + _by_the_clock(time_ns, days, hours)
    intervals = exchange.open_intervals(int(np.min(time_ns)) - zones.DAY_NS, int(np.max(end_ns)) + zones.DAY_NS)
    if not intervals.size:
        return end_ns - time_ns
    last = np.searchsorted(intervals[:, 0], end_ns) - 1
    early_ns = np.where(last >= 0, np.minimum(intervals[last, 1], end_ns), end_ns)
    return early_ns - time_ns


def _by_the_clock(time_ns: Ints, days: Ints, hours: Hours) -> Ints:
    """Return the time to the session's end by the market's hours, Friday's earlier one included, ns."""
    return (days * zones.DAY_S + end_s(days, hours)) * zones.SECOND_NS - zones.local(time_ns, hours.zone)
