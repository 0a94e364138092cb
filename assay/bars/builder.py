"""Ticks or rows in, closed bars out, as they come: one step, of a whole history and of a feed."""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from assay.bars import row_step, rows
from assay.bars.bounds import ExpectationParams
from assay.bars.clock import closed_by_clock
from assay.bars.closing import CODES, FIXED, IMBALANCE, RUN, TICKS
from assay.bars.expectation import MOST_SHORT, TOLERANCE, Rule
from assay.bars.order import refuse_unordered
from assay.bars.params import Kind
from assay.bars.periods import whole_ns
from assay.bars.piece import (
    refuse_broken,
    refuse_broken_rows,
    refuse_falling,
    refuse_falling_days,
    refuse_no_days,
    refuse_uneven,
)
from assay.bars.rows import Rows
from assay.bars.saving import SavedState, SetUp, feed_of, resumed, to_save
from assay.bars.state import BAR, LATE, NOTHING_READ, Bars, State, chained, initial, numbers, saved
from assay.bars.tick_loop import LOOPS
from assay.bars.ticks import Ticks, columns, part
from assay.errors import DataError
from assay.market.sessions import Hours
from assay.types import Ints, read_only

TICKS_AT_ONCE = 1 << 18

DEFAULT = ExpectationParams()


class BarBuilder:
    """Ticks or OHLCV rows in, closed bars out, in pieces of any length.

    Parameters
    ----------
    kind
        Type of bar: see ``assay.bars.params.Kind``.
    threshold
        What fills a bar: seconds, ticks, units, or price times units; of imbalance and run bars, the ticks that a bar
        is expected to hold at first.
    state
        The state of another builder of the same bars, to go on from there; None to start anew.
    expectation
        How imbalance and run bars learn what to expect.

    Raises
    ------
    DataError
        If there is no such type, the threshold is not a positive, finite number, of tick bars a whole one, or the state
        was saved by another version or of other bars.
    """

    def __init__(
        self, kind: Kind, threshold: float, state: SavedState | None = None, expectation: ExpectationParams = DEFAULT
    ) -> None:
        _refuse(kind, threshold)
        self.kind = kind
        self.form, self.unit = CODES[kind]
        self.rule = _rule(kind, threshold, expectation)
        learns = (expectation.decay, expectation.least, expectation.most)
        self._set_up = SetUp(kind, *map(float, (threshold, *learns)))
        self._bar, self._feed = initial(), ""
        if state is not None:
            self.state = state

    @property
    def state(self) -> SavedState:
        """The bar in the making, the memory of the tick rule, what is expected, and of which bars; shape (1,)."""
        return to_save(self._bar, self._feed, self._set_up)

    @state.setter
    def state(self, state: SavedState) -> None:
        self._bar, self._feed = resumed(state, self._set_up)

    def push(self, prices: Ticks | Rows, days: Ints) -> Bars:
        """Take in the next ticks or rows, whose session days are ``days``, and return the bars they close.

        Raises
        ------
        DataError
            If days are not whole numbers, or not as many as ticks or rows, times or days go back, among the ticks or
            rows or behind the last one that a bar took in or the end of a bar that :meth:`until` closed, a price, a
            size or a value is not a finite number, rows do not fill the periods of time bars evenly (see
            ``assay.bars.periods``), imbalance or run bars are to be made of rows, or the bars were made of another
            kind of prices before. The state is then that before the call.
        """
        before = self._bar
        feed = feed_of(prices, self._feed, self.kind)
        refuse_no_days(days, self.kind)
        refuse_uneven(prices, days, self.kind)
        days = days.astype(np.int64, copy=False)
        try:
            made = self._push_rows(prices, days) if isinstance(prices, Rows) else self._push_all(prices, days)
        except DataError:
            self._bar = before
            raise
        if self._bar.counts.read_ns > NOTHING_READ:
            self._feed = feed
        return made

    def broken_off(self) -> Bars:
        """Return the bar in the making, if there is one, ``partial``: as a session that begins elsewhere closes it."""
        open_bar = saved(self._bar)
        open_bar["partial"] = 1
        return open_bar[open_bar["n_ticks"] > 0]

    def until(self, now_ns: int, hours: Hours) -> Bars:
        """Return the bar in the making if it is over by the clock, closed as what comes next would close it; or none.

        To be asked after each :meth:`push`, and whenever nothing comes: a feed then has each bar as soon as
        ``assay.bars.known`` tells a history that it is known.

        Parameters
        ----------
        now_ns
            An instant, ns since 1970-01-01 UTC: what began before it has been pushed, or never comes. Of a feed of
            ticks it is the clock. Of rows it is the clock less the longest time from the end of a row to its
            publishing, and less the longest part of a row that lies beyond the end of a session.
        hours
            The hours of the market, by which session days are told.

        Returns
        -------
        Bars
            One bar or none, shape (1,) or (0,). There is one if its session has ended by the calendar, or of time bars
            its period, at ``now_ns`` or before. What comes later and begins before that end, :meth:`push` refuses.

        Notes
        -----
        It is the bar of :meth:`push` bit for bit, but for one flag: a history marks the last time bar of a session as
        ``partial``. That it is the last one shows when the session is over, maybe long after its period. A time bar
        that is asked for between both is not marked, be it the last one or not.
        """
        found = closed_by_clock(self._bar, now_ns, self.form, self.rule, hours)
        if found is None:
            return np.empty(0, BAR)
        closed, self._bar = found
        return saved(closed)

    def _push_all(self, ticks: Ticks, days: Ints) -> Bars:
        """Take in ticks by pieces that stay near the processor from one look at them to the next.

        All pieces write to one room: the system would clear a fresh one again for each.
        """
        made, room = [], _empty(min(days.size, TICKS_AT_ONCE))
        for start in range(0, max(days.size, 1), TICKS_AT_ONCE):
            rows = slice(start, start + TICKS_AT_ONCE)
            made.append(self._push_ticks(part(ticks, rows), read_only(days[rows]), room))
        return made[0] if len(made) == 1 else chained(made)

    def _push_ticks(self, ticks: Ticks, days: Ints, closed: Bars) -> Bars:
        bar, n_closed = LOOPS[self.kind](self._bar, days, ticks, self.rule, *numbers(closed))
        if bar.counts.read_ns == LATE:
            refuse_unordered(ticks.time_ns, ticks.time_ns, days, self._bar, self.kind)
        refuse_falling(self._bar.counts.session, closed[:n_closed], bar.counts.session, self.kind)
        return self._taken(bar, n_closed, closed)

    def _push_rows(self, rows: Rows, days: Ints) -> Bars:
        if self.form in (IMBALANCE, RUN):
            where, remedy = f"bars.types.{self.kind}", "remove it, or fetch trades or quotes"
            raise DataError(where, "imbalance and run bars count single ticks, in order", "OHLCV rows", remedy)
        refuse_broken_rows(rows, days, self.kind)
        refuse_falling_days(self._bar.counts.session, days, self.kind)
        closed = _empty(days.size)
        ready = row_step.prepared(rows, days, self.form, self.rule.threshold)
        bar, n_closed = row_step.run(self._bar, ready, self.rule, self.form, self.unit, *numbers(closed))
        if bar.counts.read_ns == LATE:
            refuse_unordered(rows.opened_ns, rows.closed_ns, days, self._bar, self.kind)
        session = int(np.max(days, initial=bar.counts.session))
        return self._taken(bar._replace(counts=bar.counts._replace(session=session)), n_closed, closed)

    def _taken(self, bar: State, n_closed: int, closed: Bars) -> Bars:
        """Take over the state after a piece and return its bars, if no NaN or infinity is in either."""
        made = closed[:n_closed].copy()
        if n_closed:
            refuse_broken(made, self.kind)
        if bar.counts.n_ticks and not math.isfinite(bar.sums.price_sum + bar.sums.volume):
            refuse_broken(saved(bar), self.kind)
        self._bar = bar
        return made


def _empty(n_ticks: int) -> Bars:
    """Return room for the bars of some ticks, one more for the bar that was open before them, and one to spare.

    Numbers of a single row would lie in memory as no others do, and the loop would be compiled anew for them.
    """
    return np.empty(n_ticks + 2, BAR)


def _refuse(kind: Kind, threshold: float) -> None:
    if kind not in CODES:
        raise DataError("bars.types", f"a type is one of {', '.join(CODES)}", kind, "choose one of these")
    if not (math.isfinite(threshold) and threshold > 0.0):
        raise DataError(f"bars.types.{kind}", "threshold must be positive", threshold, "write a number above 0")
    if kind == "tick" and threshold % 1:
        raise DataError("bars.types.tick", "threshold must be whole", threshold, "write a whole number of ticks")


def _rule(kind: Kind, threshold: float, expectation: ExpectationParams) -> Rule:
    """Return what fills a bar: whole nanoseconds, ticks, or a little less than an amount: ten tenths make one."""
    if kind == "time":
        threshold = float(whole_ns(threshold))
    elif CODES[kind][0] == FIXED and CODES[kind][1] != TICKS:
        threshold -= min(TOLERANCE * threshold, MOST_SHORT)
    return Rule(float(threshold), expectation.decay, expectation.least * threshold, expectation.most * threshold)


def taken(prices: pl.DataFrame) -> Ticks | Rows:
    """Return quotes, trades or OHLCV as the columns that :meth:`BarBuilder.push` takes in."""
    return rows.columns(prices) if "opened_at" in prices.columns else columns(prices)
