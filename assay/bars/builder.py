"""Bars of a whole history, or of a feed as it comes: the same step either way."""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from assay.bars import row_step, rows
from assay.bars.bounds import ExpectationParams
from assay.bars.closing import CODES, FIXED, IMBALANCE, RUN
from assay.bars.expectation import TOLERANCE, Rule
from assay.bars.finished import finished, refuse_nothing
from assay.bars.params import Kind
from assay.bars.periods import whole_ns
from assay.bars.rows import Rows
from assay.bars.state import BAR, Bars, State, chained, initial, loaded, numbers, saved
from assay.bars.tally import tally
from assay.bars.tick_loop import LOOPS
from assay.bars.ticks import Ticks, columns, part, read_only
from assay.errors import DataError
from assay.types import Ints

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
        If the threshold is not a positive, finite number.
    """

    def __init__(
        self, kind: Kind, threshold: float, state: Bars | None = None, expectation: ExpectationParams = DEFAULT
    ) -> None:
        if not (math.isfinite(threshold) and threshold > 0.0):
            raise DataError(f"bars.types.{kind}", "threshold must be positive", threshold, "write a number above 0")
        self.kind = kind
        self.form, self.unit = CODES[kind]
        self.rule = _rule(kind, threshold, expectation)
        self.state = initial() if state is None else state

    @property
    def state(self) -> Bars:
        """The bar in the making, the memory of the tick rule and what is expected, shape (1,)."""
        return saved(self._bar)

    @state.setter
    def state(self, state: Bars) -> None:
        self._bar = loaded(state)

    def push(self, prices: Ticks | Rows, days: Ints) -> Bars:
        """Take in the next ticks or rows, whose session days are ``days``, and return the bars they close.

        Raises
        ------
        DataError
            If a price or a size is not a finite number, rows do not fill the periods of time bars evenly (see
            ``assay.bars.periods``), or imbalance or run bars are to be made of rows. The state is then that before the
            piece of ticks or rows that was refused.
        """
        if isinstance(prices, Rows):
            return self._push_rows(prices, days)
        starts = range(0, max(days.size, 1), TICKS_AT_ONCE)
        made = [self._push_ticks(prices, days, slice(start, start + TICKS_AT_ONCE)) for start in starts]
        return made[0] if len(made) == 1 else chained(made)

    def _push_ticks(self, ticks: Ticks, days: Ints, rows: slice) -> Bars:
        ticks, days = part(ticks, rows), read_only(days[rows])
        closed = _empty(days.size)
        return self._taken(*LOOPS[self.kind](self._bar, days, ticks, self.rule, *numbers(closed)), closed)

    def _push_rows(self, rows: Rows, days: Ints) -> Bars:
        if self.form in (IMBALANCE, RUN):
            where, remedy = f"bars.types.{self.kind}", "remove it, or fetch trades or quotes"
            raise DataError(where, "imbalance and run bars count single ticks, in order", "OHLCV rows", remedy)
        closed = _empty(days.size)
        ready = row_step.prepared(rows, days, self.form, self.rule.threshold)
        return self._taken(*row_step.run(self._bar, ready, self.rule, self.form, self.unit, *numbers(closed)), closed)

    def _taken(self, bar: State, n_closed: int, closed: Bars) -> Bars:
        """Take over the state after a piece and return its bars, if no NaN or infinity is in either."""
        made = closed[:n_closed].copy()
        if n_closed:
            _refuse_broken(made, self.kind)
        if bar.counts.n_ticks and not math.isfinite(bar.sums.price_sum + bar.sums.volume):
            _refuse_broken(saved(bar), self.kind)
        self._bar = bar
        return made


def _empty(n_ticks: int) -> Bars:
    """Return room for the bars of some ticks, one more for the bar that was open before them, and one to spare.

    Numbers of a single row would lie in memory as no others do, and the loop would be compiled anew for them.
    """
    return np.empty(n_ticks + 2, BAR)


def _refuse_broken(bars: Bars, kind: Kind) -> None:
    """Refuse bars that a NaN or an infinity among the ticks has spoiled."""
    wrong = np.flatnonzero(~np.isfinite(bars["price_sum"] + bars["volume"]))
    if wrong.size:
        opened = bars["opened_ns"][wrong[:1]].view("M8[ns]")[0]
        rule, found = "prices and sizes are finite numbers", f"NaN or infinity in the bar opened at {opened}"
        raise DataError(f"{kind} bars", rule, found, "look for them in the source's prices and sizes")


def _rule(kind: Kind, threshold: float, expectation: ExpectationParams) -> Rule:
    """Return what fills a bar: whole nanoseconds, or a little less than the amount, so that ten tenths make one."""
    if kind == "time":
        threshold = float(whole_ns(threshold))
    elif CODES[kind][0] == FIXED:
        threshold *= 1.0 - TOLERANCE
    return Rule(float(threshold), expectation.decay, expectation.least * threshold, expectation.most * threshold)


def build(
    prices: pl.DataFrame,
    kind: Kind,
    threshold: float,
    days: Ints,
    symbol: str,
    expectation: ExpectationParams = DEFAULT,
) -> pl.DataFrame:
    """Return the closed bars of a history.

    Parameters
    ----------
    prices
        Quotes, trades or OHLCV (tables ``QUOTES``, ``TRADES`` and ``OHLCV``), in order of time.
    kind, threshold
        Type of bar and what fills one: see :class:`BarBuilder`.
    days
        Session day of each row, shape (n,); rows outside (-1) are left out.
    symbol
        Name of the instrument.
    expectation
        How imbalance and run bars learn what to expect.

    Returns
    -------
    DataFrame
        Table ``BARS``. The bar that is still open at the end is not in it.

    Raises
    ------
    DataError
        If there is no row, the threshold is not positive, bars that count sizes have none to count, no bar is filled,
        a bar breaks a rule of its table, or :meth:`BarBuilder.push` refuses the rows.

    Notes
    -----
    AFML 2.3.1: a bar closes with the tick that fills it, and the next one starts from 0. No bar spans a session break:
    what is open there closes with the session's last tick, ``partial``. A time bar holds the ticks of one period,
    counted from 1970-01-01 UTC; that it is over shows with the first tick of a later one, and a period without ticks
    has no bar. The last time bar of a session is ``partial``, since the break may have cut its period.

    OHLCV rows count by their trades (see ``assay.bars.rows``) and are never divided. A time bar of them closes with the
    row that ends its period, or else with the first row of a later one, and is not partial if its period ended. Their
    bars are stamped with the end of the last row, or with the instant from which it was known where that is later; then
    the next bar opens at that instant too.
    """
    given = tally(prices, days)
    refuse_nothing(given, symbol)
    return finished(closed_bars(prices, kind, threshold, days, expectation), kind, threshold, symbol, given)


def closed_bars(
    prices: pl.DataFrame,
    kind: Kind,
    threshold: float,
    days: Ints,
    expectation: ExpectationParams = DEFAULT,
    *,
    ended: bool = False,
) -> Bars:
    """Return the bars of a history, none of them checked: see :func:`build`.

    ``ended`` tells that a later session has begun elsewhere, so that the break closes the bar that is open at the end.
    """
    builder = BarBuilder(kind, threshold, expectation=expectation)
    pieces = []
    for start in range(0, prices.height, TICKS_AT_ONCE):
        piece = taken(prices.slice(start, TICKS_AT_ONCE))
        pieces.append(builder.push(piece, days[start : start + TICKS_AT_ONCE]))
    if ended and builder.state["n_ticks"][0]:
        pieces.append(builder.state)
        pieces[-1]["partial"] = 1
    return chained(pieces)


def taken(prices: pl.DataFrame) -> Ticks | Rows:
    """Return quotes, trades or OHLCV as the columns that :meth:`BarBuilder.push` takes in."""
    return rows.columns(prices) if "opened_at" in prices.columns else columns(prices)
