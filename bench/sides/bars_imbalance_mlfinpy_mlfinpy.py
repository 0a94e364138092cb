"""mlfinpy: a loop over rows in Python; averages with the weight of ours on the last bar, within the bounds of ours."""

import numpy as np
from bars_input import N_TICKS
from mlfinpy.data_structure.imbalance_bars import get_ema_volume_imbalance_bars
from sides.bars_mlfinpy_mlfinpy import PACKAGES, prepare

__all__ = ["PACKAGES", "answer", "prepare", "work"]

EXPECTED = {"num_prev_bars": 19, "exp_num_ticks_init": N_TICKS}
BOUNDS = {"exp_num_ticks_constraints": [0.5 * N_TICKS, 5.0 * N_TICKS]}


def work(trades):
    return get_ema_volume_imbalance_bars(trades, **EXPECTED, **BOUNDS, verbose=False)[0], trades


def answer(result):
    bars, trades = result
    left = trades.iloc[int(bars["cum_ticks"].sum()) :]
    volume = float(bars["volume"].sum() + left["volume"].sum())
    value = float(bars["cum_dollar_value"].sum() + np.sum(left["price"] * left["volume"]))
    return {"volume": volume, "value": value, "open": float(bars["open"].iloc[0])}
