"""Gaps: open hours of the calendar without a row.

Parts of a history of prices add up exactly; the pace of context, by which its gaps are judged, is taken part by part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from assay.market.calendars import Calendar
from assay.market.intervals import open_ns
from assay.sources.health.spans import Spans
from assay.types import Ints

N_LONGEST = 20
_BEGIN, _OPEN = 0, 2


def part(spans: Spans, intervals: Ints) -> dict[str, Any]:
    """Return the gaps between the rows of a part.

    Parameters
    ----------
    spans
        What the rows cover, in order of time.
    intervals
        Open hours of the whole part, shape (n, 2), ns.

    Returns
    -------
    dict
        ``least_ns``, ``n``, ``open_ns`` (in all) and ``longest``, the 20 longest as ``[begin, end, open]``, ns.
    """
    after = spans.turns[1:]
    return _summary(_found(spans.end_ns[after - 1], spans.begin_ns[after], intervals, spans.least_ns), spans.least_ns)


def merged(
    parts: Sequence[Mapping[str, Any]], calendar: Calendar, start_ns: int | None, end_ns: int | None
) -> dict[str, Any]:
    """Return the gaps of a history: those of its parts, between them, and at the edges of the wanted range.

    Parameters
    ----------
    parts
        Parts that have rows, in order of time: ``gaps``, ``begin_ns`` and ``end_ns`` of what they cover.
    calendar
        When the market is open.
    start_ns, end_ns
        The wanted range, the end not included; None for all there is.
    """
    least = min((one["gaps"]["least_ns"] for one in parts if one["gaps"]["least_ns"]), default=0)
    first, last = parts[0]["begin_ns"], parts[-1]["end_ns"]
    edges = [first if start_ns is None else start_ns]
    edges += [edge for one in parts for edge in (one["begin_ns"], one["end_ns"])]
    edges += [last if end_ns is None else end_ns]
    begin, end = np.array(edges, np.int64).reshape(-1, 2).T
    between = _summary(_found(begin, end, calendar.open_intervals(min(edges), max(edges)), least), least)
    every = [one["gaps"] for one in (*parts, {"gaps": between})]
    return {
        "least_ns": least,
        "n": sum(one["n"] for one in every),
        "open_ns": sum(one["open_ns"] for one in every),
        "longest": _longest([gap for one in every for gap in one["longest"]]),
    }


def _found(begin: Ints, end: Ints, intervals: Ints, least_ns: int) -> Ints:
    """Return the holes that hold enough open time, shape (n, 3): begin, end, open time."""
    if not least_ns:
        return np.empty((0, 3), np.int64)
    long = np.flatnonzero(end - begin >= least_ns)
    begin, end = begin[long], end[long]
    open_time = open_ns(intervals, begin, end)
    return np.column_stack((begin, end, open_time))[open_time >= least_ns]


def _summary(found: Ints, least_ns: int) -> dict[str, Any]:
    return {
        "least_ns": least_ns,
        "n": len(found),
        "open_ns": int(found[:, _OPEN].sum()),
        "longest": _longest(found[np.lexsort((found[:, _BEGIN], -found[:, _OPEN]))[:N_LONGEST]].tolist()),
    }


def _longest(found: list[list[int]]) -> list[list[int]]:
    return sorted(found, key=lambda gap: (-gap[_OPEN], gap[_BEGIN]))[:N_LONGEST]
