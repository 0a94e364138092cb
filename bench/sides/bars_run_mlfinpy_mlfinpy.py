"""mlfinpy: a loop over rows in Python; averages with the weight of ours on the last bar, within the bounds of ours."""

from mlfinpy.data_structure.run_bars import get_ema_volume_run_bars
from sides.bars_imbalance_mlfinpy_mlfinpy import BOUNDS, EXPECTED, PACKAGES, answer, prepare

__all__ = ["PACKAGES", "answer", "prepare", "work"]


def work(trades):
    return get_ema_volume_run_bars(trades, **EXPECTED, **BOUNDS, verbose=False)[0], trades
