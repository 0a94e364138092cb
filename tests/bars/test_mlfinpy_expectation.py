"""mlfinpy's imbalance and run bars: the same bars with its expectations, and why they are not ours.

mlfinpy averages the ticks of the last 3 bars and the last 10,000 ticks, each with weights of its own for every bar, and
bounds neither. Here its averages are put into the saved state before each bar, so that all but them is ours.
"""

import json
from functools import lru_cache

import numpy as np
import polars as pl
import pytest

from assay.bars.as_table import frame
from assay.bars.builder import BarBuilder
from assay.bars.ticks import columns, part
from tests.bars.mlfinpy import COLUMNS

N_FIRST, N_BARS, WINDOW = 1_000, 3, 10_000


def average(values, window):
    """Return mlfinpy's average of the last values: weights ``(1 - 2 / (window + 1)) ** age`` that sum to 1."""
    last = np.asarray(values[-window:], np.float64)
    weights = fading(min(window, last.size) if window == WINDOW else window, last.size)
    return float(weights @ last / weights.sum())


@lru_cache(maxsize=4)
def fading(window, n):
    return (1 - 2 / (window + 1)) ** np.arange(n)[::-1]


def beyond(limit):
    """Return the least sum that closes a bar: mlfinpy asks for more than the limit."""
    return np.nextafter(limit, np.inf)


def expect(builder, limit):
    state = builder.state
    state["expected_limit"] = limit
    builder.state = state


class Theirs:
    """Our builder, told at every bar what mlfinpy expects of the next one."""

    def __init__(self, ticks, kind):
        self.ticks, self.kind, self.n_ticks, self.at = ticks, kind, [], 0
        builder = BarBuilder("tick", 1)
        signed = builder.push(ticks, np.zeros(ticks.price.size, np.int64))
        sign = signed["n_buys"] - signed["n_sells"]
        size = {"tick": 1.0, "volume": ticks.size, "dollar": ticks.price * ticks.size}[kind.split("_")[0]]
        self.amount = sign * size

    def bars(self):
        builder, found = self.warmed(), []
        while (bar := self.next_bar(builder)) is not None:
            found.append(bar)
            self.n_ticks.append(int(bar["n_ticks"][0]))
            expect(builder, beyond(self.limit()))
        return frame(np.concatenate(found), "TEST")

    def warmed(self):
        """Return a builder that is told the first limit with tick ``warm``, which may close the first bar by itself."""
        builder = BarBuilder(self.kind, 1e9)
        expect(builder, np.inf)
        builder.push(part(self.ticks, slice(self.warm)), np.zeros(self.warm, np.int64))
        gathered = max(abs(float(builder.state["filled"][0])), float(builder.state["against"][0]))
        if gathered > self.first_limit():
            return BarBuilder(self.kind, self.warm)
        self.at = self.warm
        expect(builder, beyond(self.first_limit()))
        return builder

    def next_bar(self, builder):
        """Take in ticks up to the next bar's last one; None where the ticks end."""
        before, n = builder.state, 1
        while not (closed := self.pushed(builder, before, n)).size:
            if self.at + n >= self.ticks.price.size:
                return None
            n *= 4
        n_last = int(closed["n_ticks"][0]) - int(before["n_ticks"][0])
        closed = closed if n_last == n else self.pushed(builder, before, n_last)
        self.at += n_last
        return closed

    def pushed(self, builder, before, n):
        builder.state = before
        piece = part(self.ticks, slice(self.at, self.at + n))
        return builder.push(piece, np.zeros(piece.price.size, np.int64))


class Imbalance(Theirs):
    warm = N_FIRST

    def first_limit(self):
        return N_FIRST * abs(average(self.amount[:N_FIRST], WINDOW))

    def limit(self):
        return average(self.n_ticks, N_BARS) * abs(average(self.amount[max(self.at - WINDOW, 0) : self.at], WINDOW))


class Run(Theirs):
    @property
    def warm(self):
        """The tick with which 1,000 of either side have been seen."""
        return 1 + max(int(np.flatnonzero(side)[N_FIRST - 1]) for side in (self.amount > 0, self.amount < 0))

    def share(self, start, end):
        return np.count_nonzero(self.amount[start:end] > 0) / (end - start)

    def sides(self, end):
        seen = self.amount[:end]
        return average(seen[seen > 0], WINDOW), average(-seen[seen < 0], WINDOW)

    def first_limit(self):
        share, (bought, sold) = self.share(0, self.warm), self.sides(self.warm)
        return N_FIRST * max(share * bought, (1 - share) * sold)

    def limit(self):
        ends = np.cumsum(self.n_ticks)[-N_BARS:]
        shares = [self.share(end - n, end) for end, n in zip(ends, self.n_ticks[-N_BARS:], strict=True)]
        share, (bought, sold) = average(shares, N_BARS), self.sides(self.at)
        return average(self.n_ticks, N_BARS) * max(share * bought, (1 - share) * sold)


@pytest.fixture(scope="module")
def es_100k(es_trades):
    return columns(es_trades[:100_000])


@pytest.mark.parametrize("unit", ["tick", "dollar"])
def test_mlfinpy_0_1_2_run_bars_of_100000_emini_trades(shared, es_100k, unit):
    expected = pl.read_csv(shared / "mlfinpy" / "expected" / f"es100k_ema_{unit}_run_bars.csv", try_parse_dates=True)
    bars = Run(es_100k, f"{unit}_run").bars()
    assert bars.height == expected.height > 30
    for theirs, ours in COLUMNS.items():
        assert bars[ours].cast(pl.Float64).equals(expected[theirs].cast(pl.Float64), check_names=False), theirs
    assert bars["closed_at"].dt.replace_time_zone(None).cast(pl.Datetime("us")).equals(expected["date_time"])


@pytest.mark.parametrize("unit", ["volume", "dollar"])
def test_mlfinpy_tests_of_imbalance_and_run_bars_of_the_imbalance_sample(shared, emini_2011, unit):
    told = json.loads((shared / "mlfinpy" / "expected" / "asserted_values.json").read_text())
    for name, theirs in (("imbalance", Imbalance), ("run", Run)):
        (asserted,) = (value[unit] for key, value in told.items() if key.startswith(f"ema {name} bars"))
        bars = theirs(columns(emini_2011), f"{unit}_{name}").bars()
        assert bars.height == asserted["n_bars"]
        for key in (key for key in asserted if key.startswith("bar")):
            row = bars.row(int(key[3:]), named=True)
            assert {price: row[price] for price in asserted[key]} == asserted[key]


@pytest.mark.slow
@pytest.mark.parametrize(("unit", "n_bars"), [("tick", 97_953), ("volume", 85_312), ("dollar", 85_303)])
def test_mlfinpy_imbalance_bars_of_100000_emini_trades_collapse_and_ours_do_not(es_100k, unit, n_bars):
    """Once the last bars hold one tick each, so does the next; a lower bound of expected ticks ends it."""
    assert Imbalance(es_100k, f"{unit}_imbalance").bars().height == n_bars
    ours = BarBuilder(f"{unit}_imbalance", N_FIRST).push(es_100k, np.zeros(100_000, np.int64))
    assert 10 < ours.size < 1_000
    assert np.count_nonzero(ours["n_ticks"] == 1) == 0
