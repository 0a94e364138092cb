"""What closes a bar: that it is full, that its period is over, or a break of sessions."""

from __future__ import annotations

from numba import njit

from assay.bars.expectation import Rule, learned, missed
from assay.bars.state import Counts, State

TIME, FIXED, IMBALANCE, RUN = 0, 1, 2, 3
"""What fills a bar: nothing but time, an amount, the amount bought less the amount sold, or the larger of both."""

TICKS, UNITS, MONEY = 0, 1, 2
"""What an amount is counted in: ticks, units traded, or price times units."""

CODES = {
    "time": (TIME, TICKS),
    "tick": (FIXED, TICKS),
    "volume": (FIXED, UNITS),
    "dollar": (FIXED, MONEY),
    "tick_imbalance": (IMBALANCE, TICKS),
    "volume_imbalance": (IMBALANCE, UNITS),
    "dollar_imbalance": (IMBALANCE, MONEY),
    "tick_run": (RUN, TICKS),
    "volume_run": (RUN, UNITS),
    "dollar_run": (RUN, MONEY),
}
"""What each kind of bar is filled by, and counts in."""


@njit(cache=True, forceinline=True)
def is_open(bar: State) -> bool:
    """Tell whether a bar has ticks."""
    return bar.counts.n_ticks > 0


@njit(cache=True, forceinline=True)
def broken(bar: State, session: int, period: int) -> bool:
    """Tell whether a bar is open that what comes next, of this session and period, does not belong to."""
    return is_open(bar) and (session != bar.counts.session or period != bar.counts.period)


@njit(cache=True, forceinline=True)
def full(bar: State, rule: Rule, form: int) -> bool:
    """Tell whether an open bar is filled: see ``assay.bars.expectation`` for imbalance and run bars."""
    if form == TIME:
        return False
    if form == FIXED:
        return bar.sums.filled >= rule.threshold
    if bar.expected.limit == 0.0:
        return bar.counts.n_ticks >= rule.threshold
    return max(abs(bar.sums.filled), bar.sums.against) >= bar.expected.limit


@njit(cache=True, forceinline=True)
def cut(bar: State, session: int, rule: Rule, form: int) -> State:
    """Return a bar as it leaves before it is full: partial where what comes next is of another session."""
    c = bar.counts
    partial = int(session != c.session)
    return State(
        Counts(
            *(c.session, c.period, c.opened_ns, c.closed_ns),
            *(c.n_ticks, c.n_buys, c.n_sells, partial, c.last_sign, c.read_ns),
        ),
        bar.sums,
        missed(bar, rule) if form in (IMBALANCE, RUN) else bar.expected,
    )


@njit(cache=True, forceinline=True)
def left(bar: State) -> State:
    """Return what a bar that was written out leaves: no ticks, and the last price and sign for the tick rule."""
    c = bar.counts
    return State(
        Counts(
            *(c.session, c.period, c.opened_ns, c.closed_ns),
            *(0, c.n_buys, c.n_sells, c.partial, c.last_sign, c.read_ns),
        ),
        bar.sums,
        bar.expected,
    )


@njit(cache=True, forceinline=True)
def taught(bar: State, rule: Rule, form: int) -> State:
    """Return a full bar with what is expected after it."""
    if form in (IMBALANCE, RUN):
        return State(bar.counts, bar.sums, learned(bar, rule))
    return bar
