"""The loop of steps over ticks, compiled for each kind of bar: of a history, of a piece of it, or of one live tick.

It goes by spans of one session and one period, so that most steps have nothing to compare but whether the bar is full.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numba import njit

from assay.bars.closing import CODES, TIME, broken, cut, full, is_open, left, taught
from assay.bars.expectation import Rule
from assay.bars.state import State, write
from assay.bars.step import joined, of_tick
from assay.bars.ticks import Ticks
from assay.types import Floats, Ints

Loop: TypeAlias = Callable[[State, Ints, Ticks, Rule, Ints, Floats], tuple[State, int]]
"""Takes in ticks in order: from the state before, the session day of each tick (negative: outside, it is passed over),
the ticks, what fills a bar, and the numbers of bars to write to, two for each tick at most, to the state after and the
number of bars written."""

AT_ONCE = 64


@njit(cache=True, forceinline=True)
def _session_end(session: Ints, start: int) -> int:
    """Return the first tick after ``start`` of another session, or the number of ticks; looks at many ticks at once."""
    day, end = session[start], start + 1
    while end + AT_ONCE <= session.size:
        other = 0
        for i in range(np.uintp(end), np.uintp(end + AT_ONCE)):
            other |= session[i] ^ day
        if other != 0:
            break
        end += AT_ONCE
    while end < session.size and session[end] == day:
        end += 1
    return end


@njit(cache=True, forceinline=True)
def _period_end(time_ns: Ints, start: int, end: int, until_ns: int) -> int:
    """Return the first tick after ``start`` that is not before an instant, or ``end``; looks at many ticks at once."""
    stop = start + 1
    while stop + AT_ONCE <= end:
        late = False
        for i in range(np.uintp(stop), np.uintp(stop + AT_ONCE)):
            late |= time_ns[i] >= until_ns
        if late:
            break
        stop += AT_ONCE
    while stop < end and time_ns[stop] < until_ns:
        stop += 1
    return stop


@njit(cache=True, forceinline=True)
def _span(ticks: Ticks, start: int, end: int, period_ns: int, form: int) -> tuple[int, int]:
    """Return the period of a tick, 0 unless periods end bars, and the end of the span of ticks that belong with it."""
    if form != TIME:
        return 0, end
    period = ticks.time_ns[start] // period_ns
    until_ns = (period + 1) * period_ns
    if until_ns < ticks.time_ns[start]:  # after the largest instant: it wrapped round
        return period, end
    return period, _period_end(ticks.time_ns, start, end, until_ns)


@njit(cache=True, forceinline=True)
def _filled(
    bar: State, session: int, period: int, ticks: Ticks, start: int, end: int, rule: Rule, form: int, unit: int
) -> tuple[State, int]:
    """Step through the ticks of a span until the bar is full; return it and the tick after the last one taken in.

    The index is unsigned, so that no tick is looked up from the end of its column.
    """
    if not is_open(bar):
        bar = of_tick(bar, session, period, ticks, start, form, unit)
        start += 1
    if full(bar, rule, form):
        return bar, start
    for i in range(np.uintp(start), np.uintp(end)):
        bar = joined(bar, of_tick(bar, session, period, ticks, i, form, unit))
        if full(bar, rule, form):
            return bar, int(np.intp(i)) + 1
    return bar, end


@njit(cache=True, forceinline=True)
def through(
    bar: State, session: Ints, ticks: Ticks, rule: Rule, whole: Ints | None, real: Floats | None, form: int, unit: int
) -> tuple[State, int]:
    """Take in ticks in order, and write the bars they close, or only count them: see :data:`Loop`.

    A tick of another session, or of a later period in a time bar, first closes what is open. Then it is added, and
    closes its bar if that fills the threshold (AFML 2.3.1); the next bar starts from 0.
    """
    n_closed, start, end = 0, 0, 0
    while start < session.size:
        end = end if start < end else _session_end(session, start)
        if session[start] < 0:
            start = end
            continue
        period, stop = _span(ticks, start, end, int(rule.threshold), form)
        if broken(bar, session[start], period):
            bar = cut(bar, session[start], rule, form)
            write(bar, whole, real, n_closed)
            n_closed += 1
            bar = left(bar)
        bar, start = _filled(bar, session[start], period, ticks, start, stop, rule, form, unit)
        if full(bar, rule, form):
            bar = taught(bar, rule, form)
            write(bar, whole, real, n_closed)
            n_closed += 1
            bar = left(bar)
    return bar, n_closed


def _compiled(form: int, unit: int) -> Loop:
    """Return the loop for one kind of bar: what it does not look at costs nothing."""

    @njit(cache=True)
    def loop(bar: State, session: Ints, ticks: Ticks, rule: Rule, whole: Ints, real: Floats) -> tuple[State, int]:
        return through(bar, session, ticks, rule, whole, real, form, unit)

    return loop


LOOPS: dict[str, Loop] = {kind: _compiled(*codes) for kind, codes in CODES.items()}
