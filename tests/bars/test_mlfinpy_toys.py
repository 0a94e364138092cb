"""Time bars of mlfinpy's toy ticks, and the unbounded expectation of a fair coin as the gate of bars sees it."""

import json

import numpy as np
import polars as pl
import pytest

from assay.bars.as_table import frame
from assay.bars.bounds import ExpectationParams
from assay.bars.build import build
from assay.bars.builder import BarBuilder
from assay.bars.health import health
from assay.bars.params import BarsParams
from assay.bars.tally import tally
from assay.bars.ticks import columns
from assay.tables.bars import BARS

SECONDS = {"1D": 86_400, "1H": 3_600, "1MIN": 60, "10S": 10}


@pytest.fixture(scope="module")
def toys(shared, trades):
    rows = pl.read_csv(shared / "mlfinpy" / "test_tick_data_time_bars.csv")
    when = rows["Date and Time"].str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="ns")
    return trades(when.to_physical(), rows["Price"], rows["Volume"])


@pytest.mark.parametrize("name", SECONDS)
def test_mlfinpy_tests_of_time_bars_of_400_toy_ticks(shared, toys, name):
    """Its bars are stamped with the end of the period; ours with the last trade in it, which is known before."""
    told = json.loads((shared / "mlfinpy" / "expected" / "asserted_values.json").read_text())
    asserted = dict(told["time_bars on test_tick_data_time_bars.csv"][name])
    bars = BARS.check(build(toys, "time", SECONDS[name], np.zeros(toys.height, np.int64), "TEST"), "test")
    assert bars.height == asserted.pop("n_bars")
    ((key, prices),) = asserted.items()
    row, end = bars.row(int(key.removeprefix("bar")), named=True), prices.pop("date_time").removesuffix(" (bar end)")
    assert {name: row[name] for name in prices} == prices
    closed = row["closed_at"].replace(tzinfo=None)
    ended = pl.Series([end]).str.to_datetime().item()
    assert 0 < (ended - closed).total_seconds() <= SECONDS[name]


LOST = {"tick_share": "of all ticks in sessions", "one_tick_run": "bars of one tick follow one another"}


def warnings(ticks, n_ticks, days, expectation):
    """Return which of the two the gate warns of in bars of 100 expected ticks, and the ticks of the longest bar."""
    closed = BarBuilder("tick_imbalance", 100, expectation=expectation).push(columns(ticks), days)
    params = BarsParams.model_validate({"main": "tick_imbalance", "types": {"tick_imbalance": 100}})
    found = health({"tick_imbalance": frame(closed, "TEST")}, params, tally(ticks, days), 1.0)
    summary = found["types"]["tick_imbalance"]
    longest = max(int(closed["n_ticks"].max()), n_ticks - int(closed["n_ticks"].sum()))
    return {rule for rule, words in LOST.items() if words in " ".join(summary["warnings"])}, longest


def test_the_gate_sees_what_an_unbounded_expectation_does_to_fair_coins_and_nothing_where_it_is_bounded(trades):
    """200,000 coins, once 47 bars, 88,862 ticks in none of them: some seeds end so, others in bars of one tick."""
    n, days, seen = 100_000, np.zeros(100_000, np.int64), set()
    unbounded = ExpectationParams(decay=0.1, least=1e-9, most=1e6)
    bounded = ExpectationParams(decay=0.1, least=0.5, most=5.0)
    for seed in (0, 1, 5):
        side = np.random.default_rng(seed).choice([-1, 1], n)
        ticks = trades(np.arange(n) * 10**9, np.ones(n), side=side)
        told, longest = warnings(ticks, n, days, unbounded)
        assert ("tick_share" in told) == (longest > n / 4)
        assert not warnings(ticks, n, days, bounded)[0]
        seen |= told
    assert seen == set(LOST)
