"""The trades themselves: by what ended them, and the best and the worst."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from assay.metrics.returns import hit_rate
from assay.tables.labels import EXITS

MOST_DIGITS = 6
TINY = 1e-9


def by_exit(trades: pl.DataFrame) -> list[dict[str, Any]]:
    """Return count, share of net wins, means per trade (fractions), profit and bars held by reason of exit.

    In the order of the table's reasons; those that never came are left out.
    """
    parts = [(reason, trades.filter(pl.col("reason") == reason)) for reason in EXITS.categories.to_list()]
    return [_row(reason, part) for reason, part in parts if part.height]


def extremes(trades: pl.DataFrame, n_trades: int) -> list[dict[str, Any]]:
    """Return the best and the worst trades by net return, ``n_trades`` together, best first; equal ones by entry."""
    ranked = trades.sort("net_return", "entered", descending=[True, False])
    if ranked.height > n_trades:
        ranked = pl.concat([ranked.head(n_trades - n_trades // 2), ranked.tail(n_trades // 2)])
    return ranked.to_dicts()


def price_digits(trades: pl.DataFrame) -> int:
    """Return how many decimals show every price of the trades, ``MOST_DIGITS`` at most."""
    prices = np.concatenate([trades[name].to_numpy() for name in ("entry", "exit")])
    exact = [digits for digits in range(MOST_DIGITS) if (np.abs(np.round(prices, digits) - prices) < TINY).all()]
    return exact[0] if exact else MOST_DIGITS


def _row(reason: str, trades: pl.DataFrame) -> dict[str, Any]:
    columns = {name: trades[name].to_numpy() for name in ("gross_return", "net_return", "net", "entered", "exited")}
    return {
        "reason": reason,
        "n_trades": trades.height,
        "hit_rate": hit_rate(columns["net_return"]),
        "gross_return": float(columns["gross_return"].mean()),
        "net_return": float(columns["net_return"].mean()),
        "net": float(columns["net"].sum()),
        "bars": float((columns["exited"] - columns["entered"]).mean()),
    }
