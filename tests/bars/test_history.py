"""Bars do not depend on how a history is cut into pieces, and what they were made of is counted all the same."""

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from assay import store
from assay.bars.build import build
from assay.bars.closing import CODES, FIXED, TIME
from assay.bars.history import History
from assay.bars.params import BarsParams
from assay.bars.sessions import row_days
from assay.errors import DataError
from assay.market.sessions import Hours
from assay.tables.ticks import TRADES

from .conftest import _quotes, _trades
from .test_rows import MINUTE_NS, ohlcv

N = 600
HOURS = Hours("America/Chicago", 61_200, 58_500, 54_900, weekend_trading=False)
SIZES = {kind: {"time": 7_200.0, "volume": 40.0, "dollar": 4_000.0}.get(kind, 12.0) for kind in CODES}
FRIDAY_NS = 1_362_700_800 * 10**9
"""8 March 2013, two days before the clocks of Chicago are changed."""


def ticks_of(seed, given_sides):
    """Return ticks of five days, many at equal times, over a weekend and a change of the clocks."""
    random = np.random.default_rng(seed)
    time_ns = FRIDAY_NS + np.sort(random.integers(0, 120, N)) * 3_600 * 10**9
    mid = 100.0 + np.cumsum(random.integers(-1, 2, N)) * 0.25
    if given_sides:
        return _trades(time_ns, mid, random.integers(1, 9, N), random.integers(-1, 2, N))
    return _quotes(time_ns, mid - 0.125, mid + 0.125, random.integers(0, 9, N), random.integers(1, 9, N))


def rows_of(seed):
    """Return five days of rows of half an hour."""
    random = np.random.default_rng(seed)
    opened_ns = FRIDAY_NS + np.arange(240) * 30 * MINUTE_NS
    return ohlcv(opened_ns, 30 * MINUTE_NS, lag_ns=10**9, volume=random.integers(1, 9, 240).astype(np.float64))


MARKETS = {"trades": lambda seed: ticks_of(seed, True), "quotes": lambda seed: ticks_of(seed, False), "ohlcv": rows_of}


def types_of(market):
    return {kind: size for kind, size in SIZES.items() if market != "ohlcv" or CODES[kind][0] in (TIME, FIXED)}


def made(pieces, types):
    history = History(BarsParams(types=types, main="time"), HOURS, "X")
    for piece in pieces:
        history.push(piece)
    return history.made()


@pytest.mark.parametrize("market", MARKETS)
@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6), cuts=st.lists(st.integers(0, N), max_size=12))
def test_the_bars_are_those_of_the_whole_wherever_it_is_cut(market, seed, cuts):
    prices, types = MARKETS[market](seed), types_of(market)
    edges = [0, *sorted(min(cut, prices.height) for cut in cuts), prices.height]
    cut = made([prices[a:b] for a, b in pairwise(edges)], types)
    whole, days = made([prices], types), row_days(prices, HOURS)
    assert (cut.given, cut.report) == (whole.given, whole.report)
    assert (cut.given.n_rows, cut.given.n_rows_inside) == (prices.height, np.count_nonzero(days >= 0))
    for kind, size in types.items():
        assert cut.bars[kind].equals(build(prices, kind, size, days, "X"), null_equal=True)


def test_a_history_without_a_row_is_refused():
    with pytest.raises(DataError, match="X: bars need ticks; found none"):
        made([_trades([], [])], {"time": 60.0})


def test_sizes_that_come_late_are_sizes():
    frame = ohlcv(np.arange(4) * MINUTE_NS, volume=np.array([0.0, 0.0, 0.0, 5.0]))
    bars = made([frame[:2], frame[2:]], {"time": 60.0, "volume": 5.0}).bars["volume"]
    assert bars["volume"].to_list() == [5.0]


def stage(folder, n_ticks):
    """Run the stage on as many trades in a process of its own; return its peak memory, MB, and the bars it made."""
    months = folder / "data/ticks/files/WALK"
    months.mkdir(parents=True)
    random = np.random.default_rng(3)
    with store.TableWriter(months / "2019-01.parquet", TRADES) as file:
        for start in range(0, n_ticks, 1_000_000):
            time_ns = 1_546_300_800 * 10**9 + (start + np.arange(1_000_000)) * 100_000_000
            price = 1_000.0 + np.cumsum(random.integers(-1, 2, 1_000_000)) * 0.01
            file.write(_trades(time_ns, price, random.integers(1, 9, 1_000_000)))
    instrument = {"symbol": "WALK", "table": {"WALK": {"kind": "crypto", "tick_size": 0.01}}}
    blocks = {"instrument": instrument, "session": {"weekend_trading": True}, "bars": {"types": {"tick": 1000}}}
    YAML().dump(blocks, folder / "params.yaml")
    feed = {"source": "files", "symbol": "WALK", "kind": "trades"}
    (folder / "data/manifest.json").write_text(json.dumps({"feeds": [feed]}))
    code = "import stages.bars; from tests.memory import peak_mb; stages.bars.main(); print(peak_mb())"
    env = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    told = subprocess.run([sys.executable, "-c", code], cwd=folder, env=env, check=True, capture_output=True, text=True)
    bars = pl.read_parquet(folder / "data/bars/tick/WALK.parquet")
    return float(told.stdout), bars.height


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_ticks(tmp_path):
    stage(tmp_path / "warm", 1_000_000)  # compiles, which takes memory of its own
    (few_mb, n_few), (many_mb, n_many) = stage(tmp_path / "few", 5_000_000), stage(tmp_path / "many", 20_000_000)
    assert n_many > 3.9 * n_few
    assert many_mb < 1.15 * few_mb
    assert many_mb < 400
