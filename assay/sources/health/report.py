"""The health of one feed's symbol: parts merged into the numbers of ``reports/data_health.json``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from assay.market.calendars import MINUTE_NS, Calendar
from assay.sources.health import clock, days, gaps, spread
from assay.sources.health.part import N_OUTLIERS
from assay.tables.flags import Flag
from assay.tables.kinds import Kind
from assay.types import Ints

Part = Mapping[str, Any]
_GAP_SECONDS = 1e9


def merged(
    parts: Sequence[Part],
    kind: Kind,
    calendar: Calendar,
    rules: Mapping[str, int],
    n_rows_in: int,
    start_ns: int | None = None,
    end_ns: int | None = None,
) -> dict[str, Any]:
    """Return the health of a history.

    Parameters
    ----------
    parts
        ``part`` of every piece of it, in any order; pieces may be empty and must not overlap.
    kind
        Which table.
    calendar
        When the market is open, the same as the parts'.
    rules
        Rows that each rule altered, dropped or flagged.
    n_rows_in
        Rows that were decoded, before any rule.
    start_ns, end_ns
        The wanted range, the end not included; None for all there is.

    Returns
    -------
    dict
        What goes into the report: times are ISO 8601 in UTC, null without rows; ``findings`` are sentences, empty if
        all is well. Medians of the spread are exact to a tick, or to a hundredth of a basis point.
    """
    filled = sorted((one for one in parts if one["n_rows"]), key=lambda one: one["begin_ns"])
    report: dict[str, Any] = {
        "kind": kind,
        "calendar": calendar.name,
        "rows": {"in": n_rows_in, "out": sum(one["n_rows"] for one in filled), "by_rule": dict(sorted(rules.items()))},
    }
    if not filled:
        return report | _empty(start_ns or 0)
    twice_ns = _shared_minutes(filled, kind)
    found = gaps.merged(filled, calendar, start_ns, end_ns)
    report |= _sums(filled)
    report |= {
        "first": _iso(filled[0]["begin_ns"]),
        "last": _iso(filled[-1]["end_ns"]),
        "coverage": _coverage(filled, kind, calendar, twice_ns, start_ns, end_ns),
        "gaps": _gaps(found),
        "days": days.merged(filled, calendar, found["least_ns"], start_ns, end_ns),
        "spread_by_hour": spread.merged([one["spread"] for one in filled]),
    }
    whole = clock.merged([one["clock"] for one in filled], calendar, twice_ns)
    report["clock"] = {"by_calendar": clock.against_calendar(whole)}
    if kind == "funding" and _usual_step(filled) == clock.FUNDING_PERIOD_HOURS:
        report["clock"]["by_funding"] = clock.against_funding(whole)
    return {**report, "findings": _findings(report)}


def _empty(start_ns: int) -> dict[str, Any]:
    """Return what is said of a history without rows: the same, and nothing against it."""
    return {
        **dict.fromkeys(("n_equal_times", "n_equal_rows", "n_crossed", "n_locked"), 0),
        "flags": {str(flag.name).lower(): 0 for flag in Flag},
        "outliers": {"n": 0, "first": []},
        "first": None,
        "last": None,
        "coverage": None,
        "gaps": {"least_seconds": 0.0, "n": 0, "open_seconds": 0.0, "longest": []},
        "days": {"first": str(np.datetime64(start_ns, "ns").astype("datetime64[D]")), "n_rows": [], "without_row": []},
        "spread_by_hour": None,
        "clock": {"by_calendar": {}},
        "findings": [],
    }


def _sums(parts: Sequence[Part]) -> dict[str, Any]:
    edges = [(one["edges"][-1], after["edges"][0]) for one, after in pairwise(parts)]
    repeats = {
        "n_equal_times": sum(last[0] == first[0] for last, first in edges),
        "n_equal_rows": sum(last == first for last, first in edges),
    }
    outliers = sorted(at for one in parts for at in one["outliers_ns"])[:N_OUTLIERS]
    flags = {name: sum(one["flags"][name] for one in parts) for name in parts[0]["flags"]}
    return {
        **{name: n + sum(one[name] for one in parts) for name, n in repeats.items()},
        "n_crossed": flags["crossed"],
        "n_locked": flags["locked"],
        "flags": flags,
        "outliers": {"n": flags["outlier"], "first": [_iso(at) for at in outliers]},
    }


def _shared_minutes(parts: Sequence[Part], kind: Kind) -> Ints:
    """Return the minutes in which one part of a stream of ticks ends and the next one begins, ns."""
    ends = [(one["edges"][-1][0] // MINUTE_NS, after["edges"][0][0] // MINUTE_NS) for one, after in pairwise(parts)]
    return np.array([last for last, first in ends if last == first and kind != "ohlcv"], np.int64) * MINUTE_NS


def _coverage(
    parts: Sequence[Part], kind: Kind, calendar: Calendar, twice_ns: Ints, start_ns: int | None, end_ns: int | None
) -> dict[str, Any] | None:
    """Return open minutes of the range, those with a row, and rows outside; None for what is no price."""
    if parts[0]["covered"] is None:
        return None
    first, last = (int(at) // MINUTE_NS * MINUTE_NS for at in (parts[0]["begin_ns"], parts[-1]["end_ns"]))
    last = parts[-1]["end_ns"] if kind == "ohlcv" else last + MINUTE_NS
    begin, end = first if start_ns is None else start_ns, last if end_ns is None else end_ns
    intervals = calendar.open_intervals(begin, end)
    n_open = int((intervals[:, 1] - intervals[:, 0]).sum()) // MINUTE_NS
    n_with_row = sum(one["covered"]["n_open_minutes"] for one in parts) - int(calendar.is_open(twice_ns).sum())
    return {
        "n_open_minutes": n_open,
        "n_open_minutes_with_row": n_with_row,
        "share": n_with_row / n_open if n_open else None,
        "n_rows_closed": sum(one["covered"]["n_rows_closed"] for one in parts),
    }


def _gaps(found: Mapping[str, Any]) -> dict[str, Any]:
    longest = [
        {"begin": _iso(begin), "end": _iso(end), "open_seconds": open_time / _GAP_SECONDS}
        for begin, end, open_time in found["longest"]
    ]
    return {
        "least_seconds": found["least_ns"] / _GAP_SECONDS,
        "n": found["n"],
        "open_seconds": found["open_ns"] / _GAP_SECONDS,
        "longest": longest,
    }


def _usual_step(parts: Sequence[Part]) -> int:
    """Return the step of the part with most rows, whole hours."""
    most = max(parts, key=lambda one: one["n_rows"])
    return int(most["step_ns"] + clock.HALF_HOUR_NS) // clock.HOUR_NS


def _findings(report: Mapping[str, Any]) -> list[str]:
    """Return in sentences what contradicts the declared clock."""
    found = [
        f"clock: {season['closed_share']:.1%} of rows in {name} lie in closed hours of {report['calendar']}; "
        f"{season['shift_hours']:+g} h on all times leaves {season['closed_share_shifted']:.1%}"
        for name, season in report["clock"]["by_calendar"].items()
        if season["shift_hours"]
    ]
    funding = report["clock"].get("by_funding") or {"shift_hours": 0.0}
    if funding["shift_hours"]:
        hours = ", ".join(f"{hour:g}" for hour in funding["hours"])
        shifts = " or ".join(f"{shift:+g}" for shift in funding["shifts_hours"])
        found.append(f"clock: funding at {hours} instead of 0, 8, 16 UTC; {shifts} h on all times make it so")
    return found


def _iso(time_ns: int) -> str:
    return f"{np.datetime64(time_ns, 'ns')}Z"
