"""Ticks to make bars of."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from assay.tables.table import TIME

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample" / "ES_2013-09-01_2013-09-03.parquet"


def _trades(time_ns, price, size=None, side=None) -> pl.DataFrame:
    n = len(price)
    return pl.DataFrame(
        {
            "time": pl.Series(np.asarray(time_ns, np.int64)).cast(TIME),
            "price": np.asarray(price, np.float64),
            "size": np.ones(n) if size is None else np.asarray(size, np.float64),
            "side": np.zeros(n, np.int8) if side is None else np.asarray(side, np.int8),
            "flags": np.zeros(n, np.uint16),
        }
    )


def _quotes(time_ns, bid, ask, bid_size, ask_size) -> pl.DataFrame:
    sides = {"bid": bid, "ask": ask, "bid_size": bid_size, "ask_size": ask_size}
    columns = {name: np.asarray(values, np.float64) for name, values in sides.items()}
    flags = np.zeros(len(bid), np.uint16)
    return pl.DataFrame({"time": pl.Series(np.asarray(time_ns, np.int64)).cast(TIME), **columns, "flags": flags})


@pytest.fixture(scope="session")
def trades() -> Callable[..., pl.DataFrame]:
    """Make a frame of trades from times (ns), prices, sizes (1) and sides (not given)."""
    return _trades


@pytest.fixture(scope="session")
def quotes() -> Callable[..., pl.DataFrame]:
    """Make a frame of quotes from times (ns), bids, asks and their sizes."""
    return _quotes


@pytest.fixture(scope="session")
def es_trades() -> pl.DataFrame:
    """The sample's 500,000 E-mini trades; the clock of Chicago is taken as it stands, as mlfinpy does."""
    rows = pl.read_parquet(SAMPLE)
    return _trades(rows["date_time"].cast(pl.Datetime("ns")).to_physical(), rows["price"], rows["volume"])


@pytest.fixture(scope="session")
def emini_2011(shared) -> pl.DataFrame:
    """The 6,955 E-mini trades of mlfinlab's tests."""
    rows = pl.read_csv(shared / "mlfinpy" / "test_imbalance_sample_data_small.csv")
    when = rows["Date and Time"].str.to_datetime("%Y/%m/%d %H:%M:%S%.f", time_unit="ns")
    return _trades(when.to_physical(), rows["Price"], rows["Volume"])
