"""Bars for the tests of labels: by hand, from random ticks, and the published sample."""

import numpy as np
import polars as pl
import pytest

from assay.market.instruments import Instrument
from assay.tables.bars import BARS


@pytest.fixture(scope="session")
def instrument():
    return Instrument(symbol="ES", kind="future", tick_size=0.25)


@pytest.fixture(scope="session")
def make_bars():
    """Return a function from prices to table BARS, one bar a minute from 2024-01-02."""

    def make(open_, high, low, close):
        n = len(close)
        closed_at = 1_704_153_600_000_000_000 + 60_000_000_000 * np.arange(n)
        given = {"ordinal": np.arange(n), "open": open_, "high": high, "low": low, "close": close}
        rest = {
            "symbol": ["ES"] * n,
            "opened_at": closed_at,
            "closed_at": closed_at,
            "session": [19724] * n,
            "n_sells": [0] * n,
            "sell_volume": [0] * n,
        }
        fill = {name: np.ones(n) for name in BARS.columns if name not in given | rest}
        columns = {name: pl.Series(name, (given | rest | fill)[name]) for name in BARS.columns}
        frame = pl.DataFrame(columns)
        return BARS.check(frame.select(pl.col(n).cast(c.dtype) for n, c in BARS.columns.items()), "bars by hand")

    return make


@pytest.fixture(scope="session")
def walk_bars(make_bars):
    """Return a function from a seed to bars of ten ticks of .25 each, around 1000."""

    def make(seed, n_bars):
        ticks = 1000 + 0.25 * np.random.default_rng(seed).integers(-1, 2, (n_bars, 10)).cumsum().reshape(n_bars, 10)
        return make_bars(ticks[:, 0], ticks.max(axis=1), ticks.min(axis=1), ticks[:, -1])

    return make


@pytest.fixture(scope="session")
def inside():
    """Return a function from labels to those whose trades and trends end before a bar, whatever prices do.

    ``flat`` are the bars that end every trade.
    """

    def until(labels, params, n_bars, flat=()):
        barriers, at = params.triple_barrier, labels["ordinal"].to_numpy()
        last = at + barriers.max_horizon_bars
        for bar in flat:
            last = np.where(at < bar, np.minimum(last, bar), last)
        last += 1 - (barriers.entry == "close" and barriers.touch == "close")
        trend = at + params.trend.max_bars - 1 if params.method == "trend_scanning" else at
        return labels.filter(np.maximum(last, trend) < n_bars)

    return until


@pytest.fixture(scope="session")
def dollar_bars(shared):
    """Return (closed_at_ns, close) of the 1,000 dollar bars that mlfinlab and mlfinpy test with."""
    sample = pl.read_csv(shared / "mlfinpy/dollar_bar_sample.csv")
    return instants(sample["date_time"]), sample["close"].cast(pl.Float64).to_numpy()


@pytest.fixture(scope="session")
def mlfinpy(shared):
    """Return a function from a name to a table that mlfinpy 0.1.2 made of those bars, instants as integers."""

    def read(name):
        table = pl.read_csv(shared / f"mlfinpy/expected/dollar_{name}.csv", infer_schema_length=None)
        return {
            column: instants(table[column]) if table[column].dtype == pl.String else table[column].to_numpy()
            for column in table.columns
        }

    return read


def instants(text):
    return text.str.to_datetime(time_unit="ns").to_physical().fill_null(-1).to_numpy()
