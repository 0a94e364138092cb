"""mlfinpy: a loop over rows in Python."""

import pandas as pd
from bars_input import N_TICKS, read
from mlfinpy.data_structure.standard_bars import get_tick_bars

PACKAGES = ("mlfinpy", "numpy", "pandas")


def prepare(folder):
    columns = read(folder)
    times = pd.to_datetime(columns["time_ns"])
    return pd.DataFrame({"date_time": times, "price": columns["price"], "volume": columns["size"]})


def work(trades):
    return get_tick_bars(trades, threshold=N_TICKS, verbose=False)


def answer(bars):
    full = bars[:-1]
    return {name: float(full[name].sum()) for name in ("open", "high", "low", "close", "volume")}
