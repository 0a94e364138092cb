"""vectorbt: OHLCSTX, an exit signal for each entry; it has no time limit, which no trade here needs."""

import numpy as np
import vectorbt as vbt

PACKAGES = ("vectorbt", "numba", "numpy")
HORIZON = 100


def prepare(folder):
    """Return entries, closes and stops."""
    close, width = np.load(folder / "close.npy"), np.load(folder / "width.npy")
    entries = np.arange(close.size) < close.size - HORIZON
    prepared = entries, close, width / close
    work(tuple(column[-1000:] for column in prepared))
    return prepared


def work(prepared):
    """Find the exits."""
    entries, close, stop = prepared
    return vbt.OHLCSTX.run(entries, close, close, close, close, sl_stop=stop, tp_stop=stop, until_next=False)


def answer(result):
    """Return how many bars touch; several exits at one bar are one signal."""
    return {"bars_that_touch": int(result.exits.to_numpy().sum())}
