"""finmlkit: its TradesData made beforehand; the first trade is in no bar, and the median size is one of the columns."""

import logging

import pandas as pd
from bars_input import MONEY, N_TICKS, SECONDS, UNITS, read
from finmlkit.bar.data_model import TradesData
from finmlkit.bar.kit import DollarBarKit, TickBarKit, TimeBarKit, VolumeBarKit

PACKAGES = ("finmlkit", "numpy", "numba", "pandas")


def prepare(folder):
    logging.disable()
    return trades(folder, lambda data: TickBarKit(data, N_TICKS))


def trades(folder, kit):
    columns = read(folder)
    names = ("time_ns", "price", "size")
    data = TradesData(*(columns[name] for name in names), side=columns["side"], timestamp_unit="ns", preprocess=False)
    kit(data).build_ohlcv()
    return kit, data


def of_time(data):
    return TimeBarKit(data, pd.Timedelta(seconds=SECONDS))


def of_volume(data):
    return VolumeBarKit(data, UNITS)


def of_dollars(data):
    return DollarBarKit(data, MONEY)


def work(prepared):
    kit, data = prepared
    return kit(data).build_ohlcv()
