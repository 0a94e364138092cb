"""Pandas."""

import numpy as np
import pandas as pd
from bars_input import N_TICKS
from sides.bars_tick_pandas import PACKAGES, prepare

__all__ = ["PACKAGES", "answer", "prepare", "work"]


def work(trades):
    return grouped(trades, np.arange(len(trades)) // N_TICKS)


def grouped(trades, bar):
    """Return the columns of bars, from the number of the bar of each trade."""
    price, size, side = trades["price"], trades["size"], trades["side"]
    bought, sold, value = size * (side > 0), size * (side < 0), price * size
    step = np.where(bar == np.append(-1, bar[:-1]), price.diff().abs(), 0.0)
    group = {name: column.groupby(bar) for name, column in (("price", price), ("size", size))}
    made = pd.DataFrame(
        {
            "open": group["price"].first(),
            "high": group["price"].max(),
            "low": group["price"].min(),
            "close": group["price"].last(),
            "volume": group["size"].sum(),
            "n_ticks": group["price"].size(),
            "n_buys": (side > 0).groupby(bar).sum(),
            "n_sells": (side < 0).groupby(bar).sum(),
            "buy_volume": bought.groupby(bar).sum(),
            "sell_volume": sold.groupby(bar).sum(),
            "value": value.groupby(bar).sum(),
            "path": pd.Series(step).groupby(bar).sum(),
            "largest": group["size"].max(),
        }
    )
    return made.assign(vwap=made["value"] / made["volume"])


def answer(bars):
    return {name: float(bars[name].sum()) for name in bars.columns}
