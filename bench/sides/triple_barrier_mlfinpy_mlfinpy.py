"""mlfinpy: get_events on one thread."""

import numpy as np
import pandas as pd
from mlfinpy.labeling.labeling import add_vertical_barrier, get_events

PACKAGES = ("mlfinpy", "pandas", "numpy")
HORIZON = 100


def prepare(folder):
    """Return closes a second apart, the times of events, targets and vertical barriers."""
    close, width = np.load(folder / "close.npy"), np.load(folder / "width.npy")
    at = pd.date_range("2024-01-01", periods=close.size, freq="s")
    events = at[: close.size - HORIZON]
    prices = pd.Series(close, index=at)
    vertical = add_vertical_barrier(events, prices, num_seconds=HORIZON)
    return prices, events, pd.Series(width / close, index=at), vertical


def work(prepared):
    """Label."""
    prices, events, target, vertical = prepared
    found = get_events(
        close=prices,
        t_events=events,
        pt_sl=[1, 1],
        target=target,
        min_ret=0.0,
        num_threads=1,
        vertical_barrier_times=vertical,
        verbose=False,
    )
    return prices.index.get_indexer(found["t1"])


def answer(result):
    """Return where exits lie."""
    return {"ends": int(result.sum())}
