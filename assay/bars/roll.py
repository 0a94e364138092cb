"""A continuous future: bars of each contract, joined into one market by the rule of the roll."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from assay.bars.as_table import frame
from assay.bars.build import closed_bars
from assay.bars.figures import figures
from assay.bars.made import Made
from assay.bars.params import BarsParams, Kind, end_ns
from assay.bars.row_health import row_health
from assay.bars.rows import n_ticks_of
from assay.bars.sessions import row_days
from assay.bars.tally import tally
from assay.errors import DataError
from assay.market.rolls import continuous, front
from assay.market.sessions import Hours
from assay.tables.bars import BARS, LEAST
from assay.types import Flags, Ints

ISO = "%Y-%m-%dT%H:%M:%S%.9fZ"


def joined(
    prices: Mapping[str, pl.DataFrame],
    interest: Mapping[str, pl.DataFrame],
    params: BarsParams,
    hours: Hours,
    symbol: str,
) -> Made:
    """Return the bars of a market whose contracts follow one another.

    Parameters
    ----------
    prices
        Quotes, trades or OHLCV of each contract, in order of time.
    interest
        Open interest of each contract, for the rule of that name only.
    params
        Which bars, and how contracts are joined.
    hours
        The hours of the market.
    symbol
        Name of the market.

    Returns
    -------
    Made
        Bars of the contract held, numbered from 0. Its ``report`` tells of ``rolls``: the rule, rows and sessions that
        it left without use, and ``made``, each with `at` (first bar of the new contract), `from`, `to` and `step`
        (added to, or multiplied with, all prices before; null where it is not adjusted for).

    Raises
    ------
    DataError
        If no row is in a session, no bar is filled, a contract lacks what the rule needs, or adjusted prices fall to 0.

    Notes
    -----
    Which contract a session holds is known when it begins, so no bar spans a roll, and a roll is a break of sessions.
    Bars are made of the contract's own ticks and adjusted afterwards: thresholds count what was traded. By default
    (``as_of: all``) a later roll changes the adjusted prices of all bars before it.
    """
    days = {name: row_days(rows, hours) for name, rows in prices.items()}
    _refuse(prices, days, symbol)
    roll = params.roll
    held = front(figures(prices, days, interest, roll.rule), roll.expiries, roll.rule, roll.days_before_expiry)
    series = {kind: _series(prices, days, held, kind, params) for kind in params.types}
    used = {name: _used(name, day, held) for name, day in days.items()}
    report = {
        "rule": roll.rule,
        "adjustment": roll.adjustment,
        "n_ticks_not_held": sum(int(n_ticks_of(rows.filter(~used[name])).sum()) for name, rows in prices.items()),
        "n_sessions_without_rows": _n_empty(held, days),
        "made": _rolls(series[params.main]),
    }
    rows = pl.concat([rows.filter(used[name]) for name, rows in prices.items()])
    day = np.concatenate([days[name][used[name]] for name in prices])
    bars = {kind: _bars(one, symbol, kind) for kind, one in series.items()}
    return Made(bars, tally(rows, day), {"rolls": report, **row_health(rows, day, hours)}, _warnings(report))


def _refuse(prices: Mapping[str, pl.DataFrame], days: Mapping[str, Ints], symbol: str) -> None:
    """Refuse contracts that cannot be joined, and sessions without a row."""
    if len({tuple(rows.columns) for rows in prices.values()}) > 1:
        rule, found = "contracts must be of one kind: all quotes, all trades or all ohlcv", "several"
        raise DataError("bars.roll.contracts", rule, found, "fetch them as one feed")
    if not any((day >= 0).any() for day in days.values()):
        raise DataError(symbol, "bars need rows in a session", "none", "widen the session or fetch a longer range")


def _series(
    prices: Mapping[str, pl.DataFrame],
    days: Mapping[str, Ints],
    held: pl.DataFrame,
    kind: Kind,
    params: BarsParams,
) -> pl.DataFrame:
    """Return the bars of the contracts held, as ``continuous`` does: every contract's bars are made on their own."""
    last, threshold, roll = int(held["session"][-1]), params.types[kind], params.roll
    ended = {name: int(np.max(day)) < last for name, day in days.items()}
    parts = [
        frame(closed_bars(rows, kind, threshold, days[name], params.expectation, ended=ended[name]), name)
        for name, rows in prices.items()
    ]
    bars = pl.concat(parts).rename({"symbol": "contract"}).with_columns(pl.col("session").to_physical().cast(pl.Int64))
    return continuous(bars, held, roll.adjustment, end_ns(roll.as_of))


def _bars(series: pl.DataFrame, symbol: str, kind: Kind) -> pl.DataFrame:
    """Return a joined series as table ``BARS``; where an old contract's last bar is known late, new ones wait for it.

    Raises
    ------
    DataError
        If no bar was filled, or adjusted prices are not positive.
    """
    if not series.height:
        remedy = f"lower bars.types.{kind}, widen the session or fetch a longer range"
        raise DataError(symbol, f"{kind} bars need enough ticks to fill one", "none is filled", remedy)
    lowest = float(series["low"].min())  # type: ignore[arg-type]
    if lowest < LEAST:
        found, remedy = f"{lowest:g} in {kind} bars", "set it to ratio or none, or bars.roll.as_of to an earlier day"
        raise DataError("bars.roll.adjustment", "adjusted prices must be positive", found, remedy)
    closed = pl.col("closed_at").cum_max()
    bars = series.with_columns(
        symbol=pl.lit(symbol),
        ordinal=pl.int_range(pl.len(), dtype=pl.Int64),
        session=pl.col("session").cast(pl.Int32).cast(pl.Date),
        opened_at=pl.max_horizontal("opened_at", closed.shift(1)),
        closed_at=closed,
    )
    return BARS.check(bars.select(*BARS.columns), f"{symbol}, {kind} bars")


def _rolls(series: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the rolls of a joined series."""
    marked = series.with_columns(old=pl.col("contract").shift(1), at=pl.col("opened_at").dt.strftime(ISO))
    rows = marked.filter("rolled").select("at", "old", "contract", "step").rows()
    return [{"at": at, "from": old, "to": new, "step": step} for at, old, new, step in rows]


def _warnings(report: Mapping[str, Any]) -> Sequence[str]:
    """Return what speaks against a joined series."""
    found = []
    n_raw = sum(roll["step"] is None for roll in report["made"])
    if n_raw:
        found.append(
            f"prices are not adjusted for {n_raw} of {len(report['made'])} rolls: the return across each is between "
            "two contracts, and features, labels and trades that span it count a step that nobody earned"
        )
    if report["n_sessions_without_rows"]:
        found.append(f"{report['n_sessions_without_rows']} sessions have rows, but none of the contract held")
    return found


def _used(name: str, day: Ints, held: pl.DataFrame) -> Flags:
    """Tell which rows of a contract count, shape (n,): those of sessions that hold it, and those outside any."""
    return (day < 0) | np.isin(day, held.filter(pl.col("contract") == name)["session"].to_numpy())


def _n_empty(held: pl.DataFrame, days: Mapping[str, Ints]) -> int:
    """Return the number of sessions in which the contract held has no row."""
    sessions = {name: set(day.tolist()) for name, day in days.items()}
    return sum(session not in sessions[name] for session, name in held.iter_rows())
