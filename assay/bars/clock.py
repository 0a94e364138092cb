"""Bars that are over by the clock and the calendar, before anything comes after them."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from assay.bars.closing import TIME, cut, is_open, left
from assay.bars.expectation import Rule
from assay.bars.state import State
from assay.market.session_ends import ends
from assay.market.sessions import Hours
from assay.types import Ints

_LARGEST_NS = 2**63 - 1

Instants = TypeVar("Instants", int, Ints)


def period_end(opened_ns: Instants, period_ns: int) -> Instants:
    """Return the first instant after the period in which a time bar opened, ns since 1970-01-01 UTC; or the largest."""
    left_ns = period_ns - opened_ns % period_ns
    return opened_ns + np.minimum(left_ns, _LARGEST_NS - np.maximum(opened_ns, 0))


def closed_by_clock(bar: State, now_ns: int, form: int, rule: Rule, hours: Hours) -> tuple[State, State] | None:
    """Return an open bar as what comes next will close it, and the state that it leaves; None if it is not yet over.

    Parameters
    ----------
    bar
        The state.
    now_ns
        Now, ns since 1970-01-01 UTC.
    form, rule
        What fills the bar: see ``assay.bars.closing``.
    hours
        The hours of the market.

    Notes
    -----
    A bar is over with its session, and a time bar with its period too. What comes next is of another session if the
    session is over, and then the bar is partial. It must not begin before the end: ``read_ns`` of the state tells.
    """
    if not is_open(bar):
        return None
    session = bar.counts.session
    end_ns = int(ends(np.array([session]), hours)[0])
    by_break = end_ns <= now_ns
    if form == TIME and not by_break:
        end_ns = int(period_end(bar.counts.opened_ns, int(rule.threshold)))
    if end_ns > now_ns:
        return None
    closed = cut(bar, session + by_break, rule, form)
    rest = left(closed)
    return closed, rest._replace(counts=rest.counts._replace(read_ns=max(rest.counts.read_ns, end_ns)))
