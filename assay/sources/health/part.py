"""One part of a history, such as a month: everything that a report needs of it, so that it is read once.

Parts hold whole numbers only and add up exactly, in whatever pieces a history is cut (``assay.sources.health.report``).
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import polars as pl

from assay.market.calendars import MINUTE_NS, Calendar
from assay.market.intervals import open_ns
from assay.market.zones import DAY_NS
from assay.sources.health import clock, gaps, spread
from assay.sources.health.spans import Minutes, Spans, minutes, runs, spans
from assay.tables.flags import Flag, flagged
from assay.tables.kinds import PRICES, Kind
from assay.types import Ints

N_OUTLIERS = 20


def part(frame: pl.DataFrame, kind: Kind, calendar: Calendar, tick_size: float | None = None) -> dict[str, Any]:
    """Return what a report needs of some rows.

    Parameters
    ----------
    frame
        Rows of the kind's table (``assay.tables.kinds``), in order of time, with the flags of the rules that they were
        checked by (``assay.sources.rules``): no rule is looked at a second time.
    kind
        Which table.
    calendar
        When the market is open.
    tick_size
        Smallest price step, quote currency, by which spreads are counted; None counts hundredths of a basis point.

    Returns
    -------
    dict
        Whole numbers, texts, lists and dicts: what JSON holds.
    """
    covered = spans(frame, kind)
    intervals, by_minute = _open_around(covered, calendar), minutes(covered)
    return {
        "n_rows": frame.height,
        "begin_ns": int(covered.begin_ns[0]) if frame.height else None,
        "end_ns": int(covered.end_ns[-1]) if frame.height else None,
        "step_ns": covered.step_ns,
        "edges": _edges(frame, covered),
        **_repeats(frame, covered),
        **_flags(frame, covered),
        "days": _days(by_minute),
        "spread": spread.part(frame, by_minute, tick_size) if kind == "quotes" else None,
        "covered": _covered(by_minute, intervals) if kind in PRICES else None,
        "gaps": gaps.part(covered, intervals),
        "clock": clock.part(by_minute, calendar, intervals),
    }


def _open_around(covered: Spans, calendar: Calendar) -> Ints:
    if not covered.begin_ns.size:
        return np.empty((0, 2), np.int64)
    return calendar.open_intervals(int(covered.begin_ns[0]) - clock.REACH_NS, int(covered.end_ns[-1]) + clock.REACH_NS)


def _edges(frame: pl.DataFrame, covered: Spans) -> list[list[Any]]:
    """Return instant and digest of the first and the last row, by which parts that touch are joined."""
    columns = _columns(frame)
    return [
        [int(covered.begin_ns[row]), hashlib.sha256(repr(columns.row(row)).encode()).hexdigest()]
        for row in (0, -1)
        if frame.height
    ]


def _columns(frame: pl.DataFrame) -> pl.DataFrame:
    """Return all columns but the flags, which say nothing of their own."""
    return frame[[name for name in frame.columns if name != "flags"]]


def _repeats(frame: pl.DataFrame, covered: Spans) -> dict[str, int]:
    """Return how many rows have the time of the row before, and how many equal it in every column but the flags."""
    time = covered.begin_ns
    same_time = np.flatnonzero(time[1:] == time[:-1])
    columns = _columns(frame)
    before, after = columns[same_time], columns[same_time + 1]
    equal = [before[name].eq_missing(after[name]) for name in columns.columns]
    n_equal = int(pl.select(pl.all_horizontal(equal).sum()).item()) if same_time.size else 0
    return {"n_equal_times": same_time.size, "n_equal_rows": n_equal}


def _flags(frame: pl.DataFrame, covered: Spans) -> dict[str, Any]:
    """Return how many rows carry each flag, and the instants of the first outliers."""
    names = {flag: str(flag.name).lower() for flag in Flag}
    if not frame["flags"].max():
        return {"flags": dict.fromkeys(names.values(), 0), "outliers_ns": []}
    counts = frame.select(flagged(flag).sum().alias(name) for flag, name in names.items()).row(0, named=True)
    outliers = frame.select(flagged(Flag.OUTLIER)).to_series().arg_true().head(N_OUTLIERS)
    return {"flags": counts, "outliers_ns": covered.begin_ns[outliers.to_numpy()].tolist()}


def _days(covered: Minutes) -> list[list[int]]:
    """Return days since 1970-01-01 UTC that have rows, and their rows."""
    return np.column_stack(runs(covered.begin_ns // DAY_NS, covered.n_rows)).tolist()


def _covered(covered: Minutes, intervals: Ints) -> dict[str, int]:
    """Return the open time in minutes (bars) that have a row, and the rows in closed hours."""
    begin, end, n_rows = covered
    inside = open_ns(intervals, begin, end)
    return {"n_open_minutes": int(inside.sum()) // MINUTE_NS, "n_rows_closed": int(n_rows[inside == 0].sum())}
