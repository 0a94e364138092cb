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
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
    place = 0
    for i in range(out.size):
        while place < changes.size and time_ns[i] >= changes[place]:
            place += 1
        while place > 0 and time_ns[i] < changes[place - 1]:
            place -= 1
        out[i] = time_ns[i] + offsets[place]


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
