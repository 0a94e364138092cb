"""Wall clocks: UTC instants as local time, by the zone's few changes of offset instead of a look-up per tick."""

from __future__ import annotations

import difflib
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

import numpy as np
from numba import njit

from assay.errors import ParamsError
from assay.types import Ints

DAY_S = 86_400
SECOND_NS = 1_000_000_000
DAY_NS = DAY_S * SECOND_NS
THURSDAY_1970, FRIDAY, SATURDAY, SUNDAY = 3, 4, 5, 6
"""Places in the week, Monday 0: of 1970-01-01, and of three days."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_NS, _LAST_NS = -(2**63), 2**63 - 1


@lru_cache
def zone(name: str, where: str = "instrument") -> ZoneInfo:
    """Return a time zone of the locked ``tzdata`` package, never of the system's own table.

    Raises
    ------
    ParamsError
        If no zone has that name, with the nearest one; ``where`` is the parameter that names it.
    """
    table = resources.files("tzdata")
    known = table.joinpath("zones").read_text().split()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else "take a name such as America/New_York"
        raise ParamsError(where, "zone must be a time zone", repr(name), hint)
    with table.joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def local(time_ns: Ints, name: str) -> Ints:
    """Return wall-clock time in a zone.

    Parameters
    ----------
    time_ns
        Instants, ns since 1970-01-01 UTC, shape (n,), in any order.
    name
        Time zone, such as ``America/Chicago``.

    Returns
    -------
    Ints
        Nanoseconds from 1970-01-01 00:00 to that instant's date and time on the local clock, shape (n,).
    """
    if not time_ns.size:
        return time_ns.copy()
    changes, offsets = offsets_between(int(np.min(time_ns)), int(np.max(time_ns)), name)
    shifted = np.empty_like(time_ns)
    _shift(time_ns, changes, offsets, shifted)
    return shifted


def since_midnight(local_ns: Ints) -> Ints:
    """Return nanoseconds since midnight, 0 to a day less one, of wall-clock times in any order, shape (n,)."""
    out = np.empty_like(local_ns)
    _since(local_ns, out)
    return out


def offsets_between(first_ns: int, last_ns: int, name: str) -> tuple[Ints, Ints]:
    """Return the instants at which a zone's offset from UTC changes, and the offsets before and between them.

    Parameters
    ----------
    first_ns, last_ns
        First and last instant that matter; changes of the days on which they lie are among those returned.
    name
        Time zone, such as ``America/Chicago``.

    Returns
    -------
    changes, offsets
        Instants in ns since 1970-01-01 UTC, shape (k,), and local time less UTC in ns, shape (k + 1,).
    """
    return _offsets(name, first_ns // DAY_NS, last_ns // DAY_NS + 1)


@njit(cache=True)
def _shift(time_ns: Ints, changes: Ints, offsets: Ints, out: Ints) -> None:
    """Add to each instant the offset that holds then; that of the last one is tried first, as times mostly rise."""
    place, begin_ns, end_ns = 0, 1, 0
    for i in range(out.size):
        if time_ns[i] < begin_ns or time_ns[i] >= end_ns:
            place = np.searchsorted(changes, time_ns[i], side="right")
            begin_ns = changes[place - 1] if place > 0 else _FIRST_NS
            end_ns = changes[place] if place < changes.size else _LAST_NS
        out[i] = time_ns[i] + offsets[place]


@njit(cache=True)
def _since(local_ns: Ints, out: Ints) -> None:
    """Take off each time's midnight; that of the last one is tried first, as times mostly rise."""
    midnight = 0
    for i in range(out.size):
        if local_ns[i] - midnight < 0 or local_ns[i] - midnight >= DAY_NS:
            midnight = local_ns[i] // DAY_NS * DAY_NS
        out[i] = local_ns[i] - midnight


@lru_cache
def _offsets(name: str, first_day: int, end_day: int) -> tuple[Ints, Ints]:
    """Return the instants at which the offset from UTC changes, and the offsets before and between them, ns."""
    clock = zone(name)
    changes, offsets = [], [_offset(clock, first_day * DAY_S)]
    for day in range(first_day, end_day):
        after = _offset(clock, (day + 1) * DAY_S)
        if after != offsets[-1]:
            changes.append(_change(clock, day * DAY_S, (day + 1) * DAY_S))
            offsets.append(after)
    return np.array(changes, np.int64) * SECOND_NS, np.array(offsets, np.int64) * SECOND_NS


def _change(clock: ZoneInfo, before: int, after: int) -> int:
    """Return the second at which the offset changes, between two instants that differ, by bisection."""
    old = _offset(clock, before)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if _offset(clock, middle) == old else (before, middle)
    return after


def _offset(clock: ZoneInfo, second: int) -> int:
    """Return local time less UTC at an instant, seconds."""
    offset = (_EPOCH + timedelta(seconds=second)).astimezone(clock).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0
