"""Leaving before a session ends: which bars close so near to its end that no trade may be kept or begun."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from assay.labels.exits import UNLIMITED
from assay.labels.params import TripleBarrierParams
from assay.market.calendars import calendar
from assay.market.closing import ns_to_close
from assay.market.instruments import Instrument
from assay.market.sessions import Hours
from assay.tables.instants import nanoseconds
from assay.types import Flags, Ints

_MINUTE_NS = 60_000_000_000


class Closing(NamedTuple):
    """Bars near the end of their session, shape (n,): those too late to decide at, and those that end every trade."""

    late: Flags
    flat: Flags


def closing(bars: pl.DataFrame, params: TripleBarrierParams, hours: Hours, instrument: Instrument) -> Closing:
    """Return which bars close ``session_exit_minutes`` before the end of their session; none where that is 0.

    Parameters
    ----------
    bars
        Table BARS, n rows.
    params
        How long before the end.
    hours, instrument
        Tell the end: the market's hours, and its exchange's early closes.

    Notes
    -----
    The end is the one that was published, not the session's last bar, which no one knows before the next session
    begins. Trades are left at a session's first late bar. Where it has none, because trading stopped before, they are
    left at the first bar of the next session: then it is known that the end has passed.
    """
    if not params.session_exit_minutes:
        return Closing(np.zeros(bars.height, np.bool_), np.zeros(bars.height, np.bool_))
    days = bars["session"].to_physical().cast(pl.Int64).to_numpy()
    left = ns_to_close(nanoseconds(bars, "closed_at"), days, hours, calendar("auto", instrument))
    late = left <= round(params.session_exit_minutes * _MINUTE_NS)
    new = days[1:] != days[:-1]
    return Closing(late, np.append(late[:1], np.where(new, late[1:] | ~late[:-1], late[1:] & ~late[:-1])))


def limits(flat: Flags) -> Ints:
    """Return for every bar the first one after it that ends every trade, ``n`` for none; UNLIMITED if none does."""
    if not flat.any():
        return UNLIMITED
    n = flat.size
    coming = np.minimum.accumulate(np.where(flat, np.arange(n), n)[::-1])[::-1]
    return np.append(coming[1:], n)
