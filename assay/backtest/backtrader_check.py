"""The same decisions replayed by Backtrader, as a second opinion on our fills.

Backtrader is licensed under GPL-3. This is the only module that imports it; nothing else needs it, and it is loaded
only when a cross-check is asked for. Of its results only differences from ours are used.
"""

from __future__ import annotations

import math
import warnings
from typing import Any, NamedTuple

import backtrader as bt
import polars as pl

from assay.backtest.params import BacktestParams
from assay.backtest.run import Backtest
from assay.backtest.sizing import lots_for, sizing
from assay.errors import DataError, ParamsError
from assay.labels.params import TripleBarrierParams
from assay.market.instruments import Instrument
from assay.tables.book import BOOKS

PLENTY = 1e15
"""Cash of the replay, so that no order is refused for margin."""

TOLERANCE = 1e-6
"""Largest difference of a price or profit that is rounding."""


class Replayed(NamedTuple):
    """A trade of the replay: bars of entry and exit, side, fill prices, profit before costs."""

    entered: int
    exited: int
    side: int
    entry: float
    exit: float
    gross: float


def crosscheck(
    result: Backtest,
    bars: pl.DataFrame,
    predictions: pl.DataFrame,
    params: BacktestParams,
    instrument: Instrument,
    barriers: TripleBarrierParams,
) -> None:
    """Replay both books and compare every trade before costs.

    Raises
    ------
    ParamsError
        If sizing, limits or the touch rule are ones that the replay does not know.
    DataError
        At the first trade that differs.
    """
    _check_scope(params, barriers)
    lots = lots_for(params.capital, math.inf, sizing(params, instrument))
    for book in BOOKS.categories:
        taken = predictions.filter(pl.col("take")) if book == "selected" else predictions
        theirs = replay(bars, taken, lots, instrument, barriers)
        rows = result.trades.filter(pl.col("book") == book).select(*Replayed._fields).iter_rows()
        _compare([Replayed(*row) for row in rows], theirs, book)


def replay(
    bars: pl.DataFrame, predictions: pl.DataFrame, lots: float, instrument: Instrument, barriers: TripleBarrierParams
) -> list[Replayed]:
    """Return the finished trades of one book by Backtrader's broker, in order.

    Orders are market orders given at a close, which it fills at the next open; barriers are watched at the closes.
    """
    cerebro = bt.Cerebro(stdstats=False, preload=False, runonce=False)
    cerebro.adddata(_Bars(bars=bars))
    cerebro.broker.setcash(PLENTY)
    cerebro.broker.setcommission(commission=0.0, mult=instrument.multiplier, margin=1.0, stocklike=False)
    decisions = {row["ordinal"]: row for row in predictions.iter_rows(named=True)}
    cerebro.addstrategy(
        _Barriers, decisions=decisions, lots=lots, barriers=barriers, tolerance=1e-6 * instrument.tick_size
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "datetime.datetime.utcnow", DeprecationWarning, "backtrader")
        return list(cerebro.run()[0].finished)


def _check_scope(params: BacktestParams, barriers: TripleBarrierParams) -> None:
    limited = params.max_trades_per_session > 0 or params.max_session_loss > 0
    if params.sizing != "fixed" or limited or barriers.touch != "close" or barriers.session_exit_minutes:
        rule = "crosscheck replays fixed sizing without limits, and labels.triple_barrier.touch close to the horizon"
        found = f"sizing {params.sizing}, limits {limited}, touch {barriers.touch}"
        found += f", session_exit_minutes {barriers.session_exit_minutes:g}"
        raise ParamsError("backtest.crosscheck", rule, found, "set it to false")


def _compare(ours: list[Replayed], theirs: list[Replayed], book: str) -> None:
    for k, (a, b) in enumerate(zip(ours, theirs, strict=False)):
        if any(abs(x - y) > TOLERANCE * max(1.0, abs(x)) for x, y in zip(a, b, strict=True)):
            _differ(book, f"trade {k}: {a} here, {b} there")
    if len(ours) != len(theirs):
        _differ(book, f"{len(ours)} trades here, {len(theirs)} there")


def _differ(book: str, found: str) -> None:
    raise DataError(f"book {book}", "trades must be those of Backtrader", found, "report it with params.yaml and bars")


class _Bars(bt.feed.DataBase):  # type: ignore[misc]
    """Bars on a clock of one day per ordinal: several real ones may end at the same instant."""

    params = (("bars", None),)

    def start(self) -> None:
        super().start()
        self._rows = self.p.bars.select("ordinal", "open", "high", "low", "close", "volume").iter_rows()

    def _load(self) -> bool:
        row = next(self._rows, None)
        if row is None:
            return False
        self.l.datetime[0] = 1.0 + row[0]
        for line, value in zip(
            (self.l.open, self.l.high, self.l.low, self.l.close, self.l.volume), row[1:], strict=True
        ):
            line[0] = value
        self.l.openinterest[0] = 0.0
        return True


class _Barriers(bt.Strategy):  # type: ignore[misc]
    """Enter on a decision when flat; leave at the first close beyond a barrier, or when time is up."""

    params = (("decisions", None), ("lots", 1.0), ("barriers", None), ("tolerance", 0.0))

    def start(self) -> None:
        self.finished: list[Replayed] = []
        self._decision: dict[str, Any] | None = None
        self._entry = (0, 0.0)
        self._waiting = False

    def next(self) -> None:
        bar = len(self) - 1
        if self.position and not self._waiting and self._ends(bar):
            self.close()
            self._waiting = True
        elif not self.position and not self._waiting and bar in self.p.decisions:
            self._decision = self.p.decisions[bar]
            (self.buy if self._decision["side"] > 0 else self.sell)(size=self.p.lots)
            self._waiting = True

    def notify_order(self, order: Any) -> None:
        if order.status != order.Completed or self._decision is None:
            return
        self._waiting = False
        bar, price = len(self) - 1, order.executed.price
        if self.position:
            self._entry = (bar, price)
        else:
            entered, entry = self._entry
            self.finished.append(Replayed(entered, bar, self._decision["side"], entry, price, order.executed.pnl))

    def _ends(self, bar: int) -> bool:
        decision = self._decision
        if decision is None or bar - decision["ordinal"] < self.p.barriers.min_horizon_bars:
            return False
        move = decision["side"] * (self.data.close[0] - self._entry[1])
        touched = move >= decision["tp"] - self.p.tolerance or -move >= decision["sl"] - self.p.tolerance
        return touched or bar - decision["ordinal"] >= self.p.barriers.max_horizon_bars
