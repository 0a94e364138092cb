"""Trading days: which session an instant belongs to, by the exchange's own clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numba import njit
from pydantic import Field

from assay.errors import ParamsError
from assay.market import zones
from assay.market.instruments import Instrument
from assay.types import Ints, Params

OUTSIDE = -1
"""The session of an instant at which the market is closed."""

_CLOCK = re.compile(r"(?:([01]\d|2[0-3]):([0-5]\d)|24:00)")


class SessionParams(Params):
    """The ``session`` block: the hours traded, on the clock of the instrument's zone."""

    session_start: str = Field(
        "auto", description='First minute of the trading day, "HH:MM"; "auto": the instrument\'s own.'
    )
    session_end: str = Field(
        "auto",
        description='End of the trading day, "HH:MM", itself outside; at or before the start it lies on the next day, '
        'and the session belongs to that day; the same as the start: all 24 hours; "auto": the instrument\'s own.',
    )
    friday_end: str = Field(
        "auto",
        description='Earlier end of the week\'s last trading day, Friday, "HH:MM"; without effect where weekends '
        'trade; "auto": the instrument\'s own.',
    )
    weekend_trading: bool | Literal["auto"] = Field(
        "auto", description='Whether Saturday and Sunday are trading days; "auto": as the instrument has it.'
    )


@dataclass(frozen=True)
class Hours:
    """The hours of a market, seconds since local midnight.

    A session is ``[start_s, end_s)`` of one date; if ``start_s >= end_s`` it starts on the date before the one on
    which it ends and by which it is called.
    """

    zone: str
    start_s: int
    end_s: int
    friday_end_s: int
    weekend_trading: bool

    @property
    def overnight(self) -> bool:
        """Whether a session starts on the date before its own."""
        return self.start_s >= self.end_s


def hours(params: SessionParams, instrument: Instrument) -> Hours:
    """Return the hours to trade: those of the instrument where the parameters say ``auto``.

    An end of "00:00" is the midnight that ends the day, "24:00".

    Raises
    ------
    ParamsError
        If a time is not "HH:MM".
    """
    weekend = instrument.weekend_trading if params.weekend_trading == "auto" else params.weekend_trading
    return Hours(
        zone=instrument.zone,
        start_s=_seconds("session_start", params.session_start, instrument.session_start) % zones.DAY_S,
        end_s=_seconds("session_end", params.session_end, instrument.session_end) or zones.DAY_S,
        friday_end_s=_seconds("friday_end", params.friday_end, instrument.friday_end) or zones.DAY_S,
        weekend_trading=weekend,
    )


def days(time_ns: Ints, hours: Hours) -> Ints:
    """Return the trading day of each instant.

    Parameters
    ----------
    time_ns
        Instants, ns since 1970-01-01 UTC, shape (n,), in any order.
    hours
        The hours of the market.

    Returns
    -------
    Ints
        Days from 1970-01-01 to the date of the session, shape (n,); -1 outside every session.

    Notes
    -----
    An overnight session is called by the date on which it ends: Sunday evening belongs to Monday. Without weekend
    trading, sessions of Saturdays and Sundays are outside, and Friday's ends at ``friday_end``.
    """
    session = np.empty_like(time_ns)
    start_ns, end_ns = hours.start_s * zones.SECOND_NS, hours.end_s * zones.SECOND_NS
    friday_ns = hours.friday_end_s * zones.SECOND_NS
    local_ns = zones.local(time_ns, hours.zone)
    _name(local_ns, start_ns, end_ns, friday_ns, hours.weekend_trading, session)
    return session


def borders(first_ns: int, last_ns: int, hours: Hours) -> Ints:
    """Return instants at which a session may begin or end: from each to the next, :func:`days` does not change.

    Parameters
    ----------
    first_ns, last_ns
        First and last instant that matter, ns since 1970-01-01 UTC.
    hours
        The hours of the market.

    Returns
    -------
    Ints
        ``first_ns``, and what lies after it and not after ``last_ns``, rising, ns since 1970-01-01 UTC.

    Notes
    -----
    A day is told by local time, so it changes only where the local clock passes midnight or an hour of the market, or
    where the clock itself is changed.
    """
    changes, offsets = zones.offsets_between(first_ns, last_ns, hours.zone)
    marks_ns = np.array([0, hours.start_s, hours.end_s, hours.friday_end_s]) * zones.SECOND_NS
    found = [np.array([first_ns]), changes]
    for offset in np.unique(offsets):
        local = np.arange((first_ns + offset) // zones.DAY_NS, (last_ns + offset) // zones.DAY_NS + 1) * zones.DAY_NS
        found.append((local[:, None] + marks_ns - offset).ravel())
    every = np.unique(np.concatenate(found))
    return every[(every >= first_ns) & (every <= last_ns)]


@njit(cache=True)
def _name(local_ns: Ints, start_ns: int, end_ns: int, friday_ns: int, weekend: bool, session: Ints) -> None:  # noqa: FBT001
    """Name the session of each instant; the day of the last one is looked at first, as times mostly rise.

    A place in the week of 7, that of a session of the day after, is Monday's.
    """
    day, midnight, weekday, overnight = 0, 0, zones.THURSDAY_1970, start_ns >= end_ns
    for i in range(session.size):
        since = local_ns[i] - midnight
        if since < 0 or since >= zones.DAY_NS:
            day = local_ns[i] // zones.DAY_NS
            midnight, weekday = day * zones.DAY_NS, (day + zones.THURSDAY_1970) % 7
            since = local_ns[i] - midnight
        late = since >= start_ns
        inside = (late or since < end_ns) if overnight else (late and since < end_ns)
        after = 1 if overnight and late else 0
        if not weekend:
            place = weekday + after
            early = weekday == zones.FRIDAY and since >= friday_ns
            inside = inside and not zones.SATURDAY <= place <= zones.SUNDAY and not early
        session[i] = day + after if inside else OUTSIDE


def _seconds(name: str, given: str, own: str) -> int:
    """Return seconds since midnight of "HH:MM"."""
    text = own if given == "auto" else given
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise ParamsError(
            "session", f"{name} must be HH:MM, 00:00 to 24:00", repr(text), 'write a time such as "16:15"'
        )
    return 60 * (60 * int(match[1]) + int(match[2])) if match[1] else zones.DAY_S
