"""Clocks that are wrong: held against the trading calendar, the hours of funding, and a second source.

Whatever is found is a shift: the hours to add to the times as they were read to make them right. Counts and integer
sums only, so that parts of a history add up exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from assay.market import zones
from assay.market.calendars import MINUTE_NS, Calendar
from assay.sources.health.spans import Minutes
from assay.types import Flags, Ints

HOUR_NS = 60 * MINUTE_NS
HALF_HOUR_NS = HOUR_NS // 2
REACH_NS = 15 * HOUR_NS
"""How far the calendar is asked before and after the rows."""
SHIFTS = tuple(range(-28, 29))
"""Shifts that are tried, half-hours: 14 hours either way, the width of the inhabited zones."""
SEASONS = ("winter", "summer")
"""Whether the calendar's zone keeps daylight saving time."""
LEAST_CLOSED_SHARE, LEAST_CLOSED = 0.005, 20
"""Rows in closed hours, of all and in number, that make a clock suspicious."""
FUNDING_PERIOD_HOURS = 8
_NONE = SHIFTS.index(0)


def part(covered: Minutes, calendar: Calendar, intervals: Ints) -> dict[str, Any]:
    """Return how many rows, and minutes with rows, would lie in closed hours after each shift of the clock.

    Parameters
    ----------
    covered
        The minutes that have rows.
    calendar
        When the market is open.
    intervals
        Its open hours from 15 hours before the first row to 15 hours after the last, ns.

    Returns
    -------
    dict
        By season: ``n_rows``, ``n_minutes``, and ``closed_rows`` and ``closed_minutes`` by shift; a bar counts as one
        minute, and is closed if its last half-hour holds no open time (its first may lie before the opening). Empty if
        the market never closes, and for bars longer than an hour. And ``half_hours``: rows by
        half-hour of the day, UTC, rounded to the nearest.
    """
    begin, end, n_rows = covered
    half_hour = (begin + HALF_HOUR_NS // 2) // HALF_HOUR_NS % 48
    half_hours = np.bincount(half_hour, weights=n_rows, minlength=48).astype(np.int64)
    if not (calendar.zone and begin.size and np.max(end - begin) <= HOUR_NS):
        return {"seasons": {}, "half_hours": half_hours.tolist()}
    counted = _by_season(np.maximum(begin, end - HALF_HOUR_NS), end, n_rows, calendar.zone, intervals)
    seasons = {season: {name: value.tolist() for name, value in counts.items()} for season, counts in counted.items()}
    return {"seasons": seasons, "half_hours": half_hours.tolist()}


def merged(parts: Sequence[Mapping[str, Any]], calendar: Calendar, twice_ns: Ints) -> dict[str, Any]:
    """Return the sum of parts.

    Parameters
    ----------
    parts
        At least one.
    calendar
        When the market is open.
    twice_ns
        Minutes that two parts share, one for each such pair; they are counted once.
    """
    known = [one["seasons"] for one in parts if one["seasons"]]
    found = {season: _sum([one[season] for one in known]) for season in SEASONS if known}
    if found and twice_ns.size:
        intervals = calendar.open_intervals(int(twice_ns[0]) - REACH_NS, int(twice_ns[-1]) + REACH_NS)
        again = _by_season(twice_ns, twice_ns + MINUTE_NS, np.zeros_like(twice_ns), calendar.zone, intervals)
        for season, counts in again.items():
            found[season] = {name: value - counts[name] for name, value in found[season].items()}
    half_hours = _sum([{"all": np.array(one["half_hours"])} for one in parts])["all"]
    return {"seasons": found, "half_hours": half_hours}


def _sum(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {name: np.sum([np.asarray(one[name]) for one in parts], axis=0) for name in parts[0]}


def against_calendar(whole: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the calendar says of the clock, by season.

    Returns
    -------
    dict
        By season ``closed_share`` of rows, and the best shift: ``shift_hours`` and ``closed_share_shifted``. A shift
        other than 0 is named if 0.5 % of the rows (or of the minutes) or more, and 20 or more, lie in closed hours, and
        half of them or fewer after it; of equally good ones a whole number of hours, the least. A clock that is right
        in one season only follows another daylight saving time than its declared zone.
    """
    return {season: _season(counts) for season, counts in whole["seasons"].items() if counts["n_rows"]}


def against_funding(whole: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the hours of funding say of the clock: of 8 hours, it is paid at 0, 8 and 16 UTC.

    Returns
    -------
    dict
        ``hours`` at which nine tenths of the rows or more lie; ``shift_hours``, the least shift that is right, of
        ``shifts_hours``, those that are: all 8 hours apart. Empty if the rows keep no such hours.
    """
    counts = whole["half_hours"]
    period = 2 * FUNDING_PERIOD_HOURS
    by_phase = counts.reshape(-1, period).sum(axis=0)
    phase = int(np.argmax(by_phase))
    if not counts.sum() or 10 * by_phase[phase] < 9 * counts.sum():
        return {}
    shifts = sorted((-(phase / 2), FUNDING_PERIOD_HOURS - phase / 2), key=abs) if phase else [0.0]
    hours = [half / 2 for half in range(phase, 48, period) if counts[half]]
    return {"hours": hours, "shift_hours": shifts[0], "shifts_hours": shifts}


def _by_season(begin: Ints, end: Ints, n_rows: Ints, zone: str, intervals: Ints) -> dict[str, dict[str, Ints]]:
    summer = _summer(begin, zone)
    return {
        season: _closed(begin[inside], end[inside], n_rows[inside], intervals)
        for season, inside in zip(SEASONS, (~summer, summer), strict=True)
    }


def _closed(begin: Ints, end: Ints, n_rows: Ints, intervals: Ints) -> dict[str, Ints]:
    """Count by shift what lies in no interval: all less the runs of minutes that intervals have a part of."""
    shifts = np.array(SHIFTS)[:, np.newaxis] * HALF_HOUR_NS
    first = np.searchsorted(end, intervals[:, 0] - shifts, side="right")
    stop = np.searchsorted(begin, intervals[:, 1] - shifts, side="left")
    first[:, 1:] = np.maximum(first[:, 1:], stop[:, :-1])
    rows = np.append(0, np.cumsum(n_rows))
    return {
        "n_rows": rows[-1],
        "n_minutes": np.array(begin.size, np.int64),
        "closed_rows": rows[-1] - (rows[stop] - rows[first]).sum(axis=1),
        "closed_minutes": begin.size - (stop - first).sum(axis=1),
    }


def _summer(time_ns: Ints, zone: str) -> Flags:
    """Return whether the zone's clock is ahead of its least offset of the year."""
    new_year = np.datetime64(int(time_ns[0]), "ns").astype("datetime64[Y]").astype("datetime64[ns]")
    halves_ns = new_year.astype(np.int64) + np.array([0, 182]) * zones.DAY_NS
    least = np.min(zones.local(halves_ns, zone) - halves_ns)
    return zones.local(time_ns, zone) - time_ns > least


def _season(counts: Mapping[str, Any]) -> dict[str, Any]:
    best = _NONE
    for of in ("minutes", "rows"):
        best = _better(counts[f"closed_{of}"], int(counts[f"n_{of}"]), best)
    closed, n_rows = counts["closed_rows"], counts["n_rows"]
    return {
        "closed_share": float(closed[_NONE] / n_rows),
        "shift_hours": SHIFTS[best] / 2,
        "closed_share_shifted": float(closed[best] / n_rows),
    }


def _better(closed: Ints, n: int, otherwise: int) -> int:
    """Return the place of the shift that is much better than none."""
    order = sorted(range(len(SHIFTS)), key=lambda i: (int(closed[i]), SHIFTS[i] % 2, abs(SHIFTS[i])))
    suspicious = closed[_NONE] >= max(LEAST_CLOSED, LEAST_CLOSED_SHARE * n)
    return order[0] if suspicious and 2 * closed[order[0]] <= closed[_NONE] else otherwise
