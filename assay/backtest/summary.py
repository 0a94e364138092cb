"""The figures of a backtest: what was earned, what it cost, and how far that can be trusted."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import polars as pl

from assay.backtest.run import Backtest
from assay.market.instruments import Instrument
from assay.metrics.drawdown import calmar, longest_drawdown, max_fall, ulcer_index
from assay.metrics.interval import hac_mean
from assay.metrics.returns import hit_rate, payoff, profit_factor, sortino, tail_ratio, volatility
from assay.metrics.sharpe import MIN_DAYS, Sharpe, annualised, min_track_record, psr, survivable_trials
from assay.tables.book import BOOKS
from assay.tables.labels import EXITS
from assay.types import Floats

DAYS_PER_YEAR = 365.25
CONVENTIONS = {
    "trades": "one position at a time per book, so no two overlap; decisions are skipped until the bar of the exit",
    "fills": "decided at a bar's close, filled at the next bar's open",
    "costs": "net = gross - spread - slippage - fees, taken off in this order",
    "tested": "bars and days from the first decision to the end of the last decision or trade",
    "intervals": "95 %, Newey-West with automatic lag, of the mean per trade",
    "daily": "Sharpe (ddof 1), Sortino, volatility and tail ratio are of daily net profit over the initial capital",
    "account": "Calmar ratio, Ulcer index and longest drawdown are of net equity at the last close of each day",
    "annual": f"nothing is annualised from fewer than {MIN_DAYS} days",
    "psr": "per trade, net, against 0, with the effective number of trades",
    "survivable_trials": "independent trials of this length after which the result would still be significant at 95 %",
    "drawdown": "below the highest net equity at a bar's close, the initial capital counted",
}


def summary(result: Backtest, tested: pl.DataFrame, capital: float, instrument: Instrument) -> dict[str, Any]:
    """Return the content of ``reports/backtest.json``; what does not exist is None.

    Parameters
    ----------
    result
        The backtest.
    tested
        Its equity at the tested bars, see ``curve.tested``.
    capital
        Money at the start.
    instrument
        Its currency is that of all amounts.
    """
    books = {
        book: _book(
            result.trades.filter(pl.col("book") == book),
            tested.filter(pl.col("book") == book),
            capital,
            result.counts[book],
        )
        for book in BOOKS.categories
    }
    return {"capital": capital, "currency": instrument.currency, "conventions": CONVENTIONS} | books


def _book(trades: pl.DataFrame, equity: pl.DataFrame, capital: float, counts: dict[str, int]) -> dict[str, Any]:
    net = trades["net"].to_numpy()
    exits = {f"n_{reason}": int((trades["reason"] == reason).sum()) for reason in EXITS.categories}
    columns = ("gross", "spread_cost", "slippage_cost", "fee_cost", "net")
    figures = {
        "hit_rate": hit_rate(net),
        "profit_factor": profit_factor(net),
        "payoff": payoff(net),
        "mean_bars_held": float((trades["exited"] - trades["entered"]).to_numpy().mean())
        if trades.height
        else math.nan,
    }
    return (
        counts
        | exits
        | {"n_long": int((trades["side"] > 0).sum()), "n_short": int((trades["side"] < 0).sum())}
        | {name: float(trades[name].to_numpy().sum()) for name in columns}
        | {name: finite(value) for name, value in figures.items()}
        | {f"{name}_bps": _interval(trades[name].to_numpy() * 1e4) for name in ("gross_return", "net_return")}
        | _evidence(trades["net_return"].to_numpy())
        | _account(equity, capital)
    )


def _interval(x: Floats) -> dict[str, float | None]:
    """Return the mean per trade and how well it is known, in the unit of ``x``."""
    interval = hac_mean(x)
    if interval is None:
        names = ("low", "high", "standard_error", "t", "p_value", "n_effective", "lag")
        return {"mean": float(x.mean()) if x.size else None, "n": x.size} | dict.fromkeys(names)
    return {name: finite(value) for name, value in asdict(interval).items()}


def _evidence(returns: Floats) -> dict[str, float | None]:
    """Return what the Sharpe ratio per trade says, with as many observations as the trades are worth."""
    interval = hac_mean(returns)
    if interval is None:
        return dict.fromkeys(("sharpe_per_trade", "psr", "survivable_trials", "min_track_record_trades"))
    estimate = replace(Sharpe.of(returns), n=interval.n_effective)
    return {
        "sharpe_per_trade": finite(estimate.per_period),
        "psr": finite(psr(estimate)),
        "survivable_trials": survivable_trials(estimate),
        "min_track_record_trades": finite(min_track_record(estimate)),
    }


def _account(equity: pl.DataFrame, capital: float) -> dict[str, float | None]:
    """Return what is seen of the account at the closes of bars and of days."""
    position, net = equity["position"].to_numpy(), equity["net"].to_numpy()
    by_day = equity.group_by("session", maintain_order=True).agg(pl.col("net").last())
    at_close = by_day["net"].to_numpy()
    daily = np.diff(at_close, prepend=capital) / capital
    return {
        "n_bars": equity.height,
        "n_days": by_day.height,
        "exposure": finite(float((position != 0).mean())) if equity.height else None,
        "max_drawdown_net": finite(max_fall(net, capital)),
        "longest_drawdown_days": longest_drawdown(at_close, capital),
        "ulcer_index": finite(ulcer_index(at_close, capital)),
        "tail_ratio": finite(tail_ratio(daily)),
        **_annual(daily, at_close, capital, _days_per_year(by_day["session"])),
    }


def _annual(daily: Floats, at_close: Floats, capital: float, days_per_year: float) -> dict[str, float | None]:
    """Return what is said of a year; all None with too few days."""
    figures = {
        "sharpe_annualised": annualised(Sharpe.of(daily), days_per_year),
        "sortino_annualised": finite(sortino(daily, days_per_year)),
        "volatility_annualised": finite(volatility(daily, days_per_year)),
        "calmar": finite(calmar(at_close, capital, days_per_year)),
    }
    return figures if daily.size >= MIN_DAYS else dict.fromkeys(figures)


def _days_per_year(days: pl.Series) -> float:
    """Return how many such days a year holds, counted over their span."""
    span = days.to_physical().cast(pl.Float64).to_numpy()
    return (days.len() - 1) / (span[-1] - span[0]) * DAYS_PER_YEAR if days.len() > 1 else math.nan


def finite(value: float) -> float | None:
    """Return the value, or None where it is NaN or infinite."""
    return value if math.isfinite(value) else None
