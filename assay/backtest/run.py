"""Predictions in, round trips and equity out: both books over the bars of one market."""

from __future__ import annotations

from typing import Any, NamedTuple

import polars as pl

from assay.backtest.book import SKIPS, Market, Orders
from assay.backtest.fills import Terms, terms
from assay.backtest.params import BacktestParams
from assay.backtest.replay import Outcome, replay
from assay.backtest.sizing import sizing
from assay.errors import DataError
from assay.labels.barriers import TP, exit_rules
from assay.labels.closing import closing
from assay.labels.params import TripleBarrierParams
from assay.market.costs import Costs, spread_of
from assay.market.instruments import Instrument
from assay.market.sessions import Hours, SessionParams, hours
from assay.tables.book import BOOKS, EQUITY, ROUND_TRIPS
from assay.tables.labels import EXITS
from assay.tables.table import Table


class Backtest(NamedTuple):
    """Table ROUND_TRIPS, table EQUITY, and per book how many decisions came, were skipped, or stayed open."""

    trades: pl.DataFrame
    equity: pl.DataFrame
    counts: dict[str, dict[str, int]]


def run(
    bars: pl.DataFrame,
    predictions: pl.DataFrame,
    params: BacktestParams,
    costs: Costs,
    instrument: Instrument,
    barriers: TripleBarrierParams,
    session: Hours | None = None,
) -> Backtest:
    """Trade every prediction, and those worth their costs, as two books that know nothing of each other.

    Parameters
    ----------
    bars
        Table BARS, n rows.
    predictions
        Table PREDICTIONS of the same bars.
    params
        The ``backtest`` block.
    costs, instrument
        What a fill costs, and what a price move is worth. The half spread of a fill is that of the first tick of its
        bar where it is known, else the instrument's.
    barriers
        Horizons and touch rule; entries are at the next open whatever it says.
    session
        The hours of the market, where trades are left before a session ends; the instrument's own if None.

    Raises
    ------
    DataError
        If a prediction is of no bar, or a trade breaks a rule of its table.
    """
    _check(bars, predictions)
    spread = spread_of(costs, bars["spread_open"].to_numpy())
    open_, high, low, close = (bars[name].to_numpy() for name in ("open", "high", "low", "close"))
    near = closing(bars, barriers, session or hours(SessionParams(), instrument), instrument)
    days = bars["session"].to_physical().cast(pl.Int64).to_numpy()
    market = Market(open_, high, low, close, spread, days, near.flat)
    rules, paid, sizes = (
        exit_rules(barriers, instrument.tick_size),
        terms(costs, instrument),
        sizing(params, instrument),
    )
    trades, equity, counts = [], [], {}
    for book in BOOKS.categories:
        taken = predictions.filter(pl.col("take")) if book == "selected" else predictions
        outcome = replay(market, _orders(taken), rules, paid, sizes)
        trades.append(_trades(outcome, book, bars, taken, paid))
        equity.append(_equity(outcome, book, bars, params.capital))
        counts[book] = _counts(outcome, taken.height)
    return Backtest(pl.concat(trades), pl.concat(equity), counts)


def _check(bars: pl.DataFrame, predictions: pl.DataFrame) -> None:
    last = predictions["ordinal"].max()
    if isinstance(last, int) and last >= bars.height:
        raise DataError("predictions", f"must be of the {bars.height} bars", f"bar {last}", "rerun walkforward")


def _orders(predictions: pl.DataFrame) -> Orders:
    return Orders(*(predictions[name].to_numpy() for name in ("ordinal", "side", "tp", "sl")))


def _counts(outcome: Outcome, n_signals: int) -> dict[str, int]:
    """Return what became of the decisions; the counts after the first add up to it."""
    skipped = {f"n_skipped_{name}": int(outcome.state[name]) for name in SKIPS}
    n_open = n_signals - outcome.trades.size - sum(skipped.values())
    return {"n_signals": n_signals, "n_trades": outcome.trades.size, "n_open_at_end": n_open} | skipped


def _trades(outcome: Outcome, book: str, bars: pl.DataFrame, taken: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Return the trades of one book as table ROUND_TRIPS."""
    rows = outcome.trades
    exited = bars[rows["exited"]]
    inside = (rows["reason"] == TP) & (rows["exit"] != exited["open"].to_numpy())
    value = rows["entry"] * (rows["lots"] * terms.multiplier)
    gross_return = rows["side"] * (rows["exit"] - rows["entry"]) / rows["entry"]
    spent = rows["spread_cost"] + rows["slippage_cost"] + rows["fee_cost"]
    columns: dict[str, Any] = {name: rows[name] for name in ROUND_TRIPS.columns if name in (rows.dtype.names or ())}
    columns |= {
        "book": [book] * rows.size,
        "symbol": exited["symbol"],
        "entered_at": bars["opened_at"].gather(rows["entered"]),
        "exited_at": exited.select(pl.when(pl.Series(inside)).then("closed_at").otherwise("opened_at")).to_series(),
        "fold": taken["fold"].gather(rows["order"]),
        "reason": pl.Series(rows["reason"]).replace_strict(dict(enumerate(EXITS.categories)), return_dtype=EXITS),
        "gross_return": gross_return,
        "net_return": gross_return - spent / value,
    }
    return _table(columns, ROUND_TRIPS)


def _equity(outcome: Outcome, book: str, bars: pl.DataFrame, capital: float) -> pl.DataFrame:
    """Return the equity of one book as table EQUITY."""
    columns: dict[str, Any] = {name: bars[name] for name in ("symbol", "ordinal", "closed_at", "session")}
    columns |= {"book": [book] * bars.height, "position": outcome.position}
    return _table(columns | {"gross": capital + outcome.gross, "net": capital + outcome.net}, EQUITY)


def _table(columns: dict[str, Any], table: Table) -> pl.DataFrame:
    frame = pl.DataFrame([pl.Series(name, columns[name]).cast(c.dtype) for name, c in table.columns.items()])
    return table.check(frame, "backtest")
