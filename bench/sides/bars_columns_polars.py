"""Polars."""

import polars as pl
from bars_input import N_TICKS
from sides.bars_tick_polars import OHLCV, PACKAGES, prepare

__all__ = ["PACKAGES", "answer", "prepare", "work"]

PRICE, SIZE, SIDE = pl.col("price"), pl.col("size"), pl.col("side")
MORE = {
    "opened_at": pl.col("time_ns").first(),
    "closed_at": pl.col("time_ns").last(),
    "n_ticks": pl.len(),
    "n_buys": (SIDE > 0).sum(),
    "n_sells": (SIDE < 0).sum(),
    "buy_volume": (SIZE * (SIDE > 0)).sum(),
    "sell_volume": (SIZE * (SIDE < 0)).sum(),
    "value": (PRICE * SIZE).sum(),
    "path": PRICE.diff().abs().sum(),
    "largest": SIZE.max(),
}


def work(trades):
    bar = (pl.int_range(pl.len()) // N_TICKS).set_sorted()
    made = trades.lazy().group_by(bar.alias("bar"), maintain_order=True).agg(*OHLCV, **MORE)
    return made.with_columns(vwap=pl.col("value") / pl.col("volume")).collect()


def answer(bars):
    return {name: float(bars[name].sum()) for name in bars.columns if name not in ("bar", "opened_at", "closed_at")}
