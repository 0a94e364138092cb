"""When a session is over by the calendar: from then on no tick of it can come."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from assay.market.sessions import Hours
from assay.market.zones import DAY_NS, FRIDAY, SECOND_NS, THURSDAY_1970, offsets_between
from assay.types import Ints


def ends(sessions: Ints, hours: Hours) -> Ints:
    """Return the first instant after which no instant belongs to a session.

    Parameters
    ----------
    sessions
        Session days, days since 1970-01-01, shape (n,), in any order: see ``assay.market.sessions.days``.
    hours
        The hours of the market.

    Returns
    -------
    Ints
        Instants, ns since 1970-01-01 UTC, shape (n,).

    Notes
    -----
    A session ends when the local clock shows its end for the last time: where the clock is put back over it, the
    session goes on for the hour that comes again; where it is put forward over it, the session ends with that change.
    """
    if not sessions.size:
        return sessions.copy()
    local_ns = sessions * DAY_NS + end_s(sessions, hours) * SECOND_NS
    changes, offsets = offsets_between(int(np.min(local_ns)) - DAY_NS, int(np.max(local_ns)) + DAY_NS, hours.zone)
    edges = [np.iinfo(np.int64).min, *changes.tolist(), np.iinfo(np.int64).max]
    found = local_ns
    for (begin_ns, end_ns), offset in zip(pairwise(edges), offsets.tolist(), strict=True):
        until_ns = np.minimum(local_ns - offset, end_ns)
        found = np.where(until_ns > begin_ns, until_ns, found)
    return found


def end_s(sessions: Ints, hours: Hours) -> Ints:
    """Return the end of each session, seconds since the midnight that begins its day; Friday's may be earlier."""
    friday = ((sessions + THURSDAY_1970) % 7 == FRIDAY) & (not hours.weekend_trading)
    return np.where(friday, min(hours.end_s, hours.friday_end_s), hours.end_s)
