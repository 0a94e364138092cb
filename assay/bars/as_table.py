"""Closed bars as a table."""

from __future__ import annotations

import numpy as np
import polars as pl

from assay.bars.state import BAR, Bars
from assay.tables.table import TIME


def frame(closed: Bars, symbol: str) -> pl.DataFrame:
    """Return closed bars as table ``BARS``, numbered from 0."""
    column = {name: np.ascontiguousarray(closed[name]) for name in BAR.names or ()}
    n_ticks, volume = column["n_ticks"], column["volume"]
    traded = volume > 0.0
    vwap = np.where(traded, column["value"] / np.where(traded, volume, 1.0), column["price_sum"] / n_ticks)
    return pl.DataFrame(
        {
            "symbol": pl.repeat(symbol, closed.size, eager=True),
            "ordinal": np.arange(closed.size),
            "session": pl.Series(column["session"]).cast(pl.Int32).cast(pl.Date),
            "opened_at": pl.Series(column["opened_ns"]).cast(TIME),
            "closed_at": pl.Series(column["closed_ns"]).cast(TIME),
            "open": column["open"],
            "high": column["high"],
            "low": column["low"],
            "close": column["last_price"],
            "volume": volume,
            "buy_volume": column["buy_volume"],
            "sell_volume": column["sell_volume"],
            "value": column["value"],
            "vwap": vwap,
            "n_ticks": n_ticks,
            "n_buys": column["n_buys"],
            "n_sells": column["n_sells"],
            "path": column["path"],
            "largest": column["largest"],
            "spread_open": column["spread_open"],
            "spread_mean": column["spread_sum"] / n_ticks,
            "imbalance": column["imbalance_sum"] / n_ticks,
            "partial": column["partial"] == 1,
            "order_flow": column["flow"],
        }
    )
