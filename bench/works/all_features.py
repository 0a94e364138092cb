"""Every group of features at its usual parameters, of one market with all that can be known beside its bars."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from assay.tables import context, depth
from assay.tables.bars import BARS
from assay.tables.table import Table

NAME = "all features, bars of one market"
N = 1_000_000
SIDES = {"assay": ""}
GOALS: dict[str, float] = {}
SECONDS = 20.0
MEMORY_OF_OUTPUT = 2.0

_MINUTE_NS, _HOUR_NS, _DAY_NS = 60_000_000_000, 3_600_000_000_000, 86_400_000_000_000
_MONDAY_NS = 1_577_664_000_000_000_000
_LAG_NS = 1_000_000_000
_LEVELS = 20


def make(folder: Path, n: int) -> None:
    """Write n bars of a minute, those of another market, and what is known beside them."""
    bars(n, 1).write_ipc(folder / "bars.arrow")
    known_at = (pl.col("closed_at") + pl.duration(nanoseconds=1)).alias("known_at")
    bars(n, 2).with_columns(known_at).write_ipc(folder / "other.arrow")
    for kind, table in beside(n, 3).items():
        table.write_ipc(folder / f"{kind}.arrow")


def bars(n: int, seed: int) -> pl.DataFrame:
    """Return a random walk in steps of a cent with quotes: volumes of either side, spread and imbalance."""
    rng = np.random.default_rng(seed)
    bought, sold = rng.integers(1, 1000, n).astype(float), rng.integers(1, 1000, n).astype(float)
    path = np.cumsum(np.rint(0.005 * (bought - sold) + rng.normal(0.0, 4.0, n)))
    close = 100.0 + (path - path.min()) / 100.0
    first = np.concatenate([close[:1], close[:-1]])
    volume, n_ticks = bought + sold, rng.integers(20, 200, n)
    columns = {
        "symbol": np.full(n, f"M{seed}"),
        "ordinal": np.arange(n),
        **times(n),
        "open": first,
        "high": np.maximum(first, close) + rng.integers(0, 6, n) / 100.0,
        "low": np.minimum(first, close) - rng.integers(0, 6, n) / 100.0,
        "close": close,
        "volume": volume,
        "buy_volume": bought,
        "sell_volume": sold,
        "value": volume * close,
        "vwap": close,
        "n_ticks": n_ticks,
        "n_buys": n_ticks // 3,
        "n_sells": n_ticks // 4,
        "path": np.abs(close - first) + rng.integers(0, 50, n) / 100.0,
        "largest": np.ceil(volume / rng.integers(5, 20, n)),
        "spread_open": rng.integers(1, 5, n) / 100.0,
        "spread_mean": rng.uniform(0.01, 0.05, n),
        "imbalance": rng.uniform(-1.0, 1.0, n),
        "partial": np.zeros(n, bool),
        "order_flow": np.rint(rng.normal(0.0, 500.0, n)),
    }
    return pl.DataFrame(columns).select(pl.col(name).cast(column.dtype) for name, column in BARS.columns.items())


def times(n: int) -> dict[str, np.ndarray]:
    """Return sessions, and the times of the first and the last tick of each bar."""
    opened_ns = _MONDAY_NS + _MINUTE_NS * np.arange(n)
    day = (opened_ns // _DAY_NS).astype(np.int32)
    return {"session": day, "opened_at": opened_ns, "closed_at": opened_ns + _MINUTE_NS - _LAG_NS}


def beside(n: int, seed: int) -> dict[str, pl.DataFrame]:
    """Return a table of each kind: payments of 8 hours, marks of 5 minutes, a book a minute, and so on."""
    rng = np.random.default_rng(seed)
    hours, fives, minutes = (_instants(n, step) for step in (8 * _HOUR_NS, 5 * _MINUTE_NS, _MINUTE_NS))
    opened, mark = 1e6 + rng.integers(-5, 6, fives.size).cumsum(), 200.0 + rng.normal(0.0, 0.5, fives.size)
    ratios = {name: rng.uniform(0.5, 2.0, fives.size) for name in _RATIOS}
    sides = rng.choice([-1, 1], minutes.size)
    value = rng.integers(1, 10**6, minutes.size) * 1.0
    return {
        "funding": _table(context.FUNDING, hours, rate=rng.normal(1e-4, 1e-4, hours.size), mark_price=200.0),
        "open_interest": _table(context.OPEN_INTEREST, fives, open_interest=opened, value=opened * mark, **ratios),
        "liquidations": _table(context.LIQUIDATIONS, minutes, side=sides, price=200.0, size=value / 200.0, value=value),
        "mark_price": _table(
            context.MARK_PRICE,
            fives,
            mark=mark,
            index=mark + rng.normal(0.0, 0.2, fives.size),
            rate=rng.normal(1e-4, 1e-4, fives.size),
        ),
        "book": _book(minutes, rng),
    }


def _book(time_ns: np.ndarray, rng: np.random.Generator) -> pl.DataFrame:
    """Return a book of many levels a side at each instant, a cent apart."""
    middle = 20_000 + rng.integers(-5, 6, (time_ns.size, 1))
    away = 1 + np.arange(_LEVELS)
    numbers = {"bid_prices": (middle - away) / 100.0, "ask_prices": (middle + away) / 100.0}
    numbers |= {f"{side}_sizes": rng.integers(1, 99, (time_ns.size, _LEVELS)) * 1.0 for side in ("bid", "ask")}
    return _table(depth.BOOK, time_ns, **{name: pl.Series(rows).arr.to_list() for name, rows in numbers.items()})


_RATIOS = ("long_short_accounts", "long_short_top_accounts", "long_short_top_positions", "taker_buy_sell")


def _instants(n: int, step_ns: int) -> np.ndarray:
    """Return instants from 40 days before the bars to their end."""
    return np.arange(_MONDAY_NS - 40 * _DAY_NS, _MONDAY_NS + n * _MINUTE_NS, step_ns)


def _table(table: Table, time_ns: np.ndarray, **values: np.ndarray | pl.Series | float) -> pl.DataFrame:
    columns = {"time": time_ns, "known_at": time_ns + _LAG_NS, **values, "flags": np.zeros(time_ns.size, np.uint16)}
    return pl.DataFrame(columns).select(pl.col(name).cast(column.dtype) for name, column in table.columns.items())
