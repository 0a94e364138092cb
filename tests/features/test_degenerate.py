"""Every entry of every group in markets that stand still, trade nothing, know nothing, or have only just begun."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from assay.features import indicators
from assay.features.breaches import breaches
from assay.features.catalogue import catalogue
from assay.features.inputs import Inputs

from .conftest import EVERY, ohlcv, typed

ENTRIES = {entry.name: entry for entry in catalogue(EVERY)}
OF_VOLUME = {name: entry for name, entry in ENTRIES.items() if "volume" in entry.needs}
AMOUNTS = {"signed_volume", "quoted_depth"}
"""What is 0, and not undefined, where nothing was traded."""

PRICES = ("open", "high", "low", "close", "vwap")
DRY = dict.fromkeys(("volume", "buy_volume", "sell_volume", "value", "largest"), pl.lit(0.0))
LAST, CLOSE = pl.col("close").last(), pl.col("close")
STILL = {**dict.fromkeys(PRICES, LAST), "path": pl.lit(0.0), "value": LAST * pl.col("volume")}
SAME = {"volume": pl.lit(100.0), "buy_volume": pl.lit(50.0), "sell_volume": pl.lit(50.0), "largest": pl.lit(5.0)}


def changed(x, columns):
    return x.but(bars=typed(x.bars.with_columns(**columns)))


def beside(x, change):
    return x.but(context={kind: change(table) for kind, table in x.context.items()})


def constant(table):
    return table.with_columns(pl.col(name).first() for name, kind in table.schema.items() if kind == pl.Float64)


def other(x, change):
    markets = {name: one.but(bars=change(one.bars)) for name, one in x.markets.items()}
    return x.but(markets=markets)


MARKETS = {
    "one bar": lambda x: x.but(bars=x.bars[:1]),
    "constant price": lambda x: changed(x, STILL),
    "no volume": lambda x: changed(x, DRY),
    "constant price, no volume": lambda x: changed(x, {**STILL, **DRY}),
    "one price a bar": lambda x: changed(x, {**dict.fromkeys(PRICES, CLOSE), "value": CLOSE * pl.col("volume")}),
    "constant volume": lambda x: changed(x, {**SAME, "value": 100 * CLOSE, "vwap": CLOSE}),
    "no spread": lambda x: changed(x, dict.fromkeys(("spread_open", "spread_mean"), pl.lit(0.0))),
    "no time": lambda x: changed(x, {"opened_at": pl.col("closed_at")}),
    "constant context": lambda x: beside(x, constant),
    "empty context": lambda x: beside(x, pl.DataFrame.clear),
    "other market still": lambda x: other(
        x, lambda bars: bars.with_columns(pl.lit(2e3).alias(name) for name in PRICES)
    ),
    "other market unknown": lambda x: other(x, pl.DataFrame.clear),
}


@pytest.mark.parametrize("market", MARKETS)
def test_a_definition_says_that_its_value_may_be_undefined(market, world):
    x = MARKETS[market](world)
    for name, entry in ENTRIES.items():
        values = entry.function(x)
        assert not np.isinf(values).any(), name
        if np.isnan(values[-1]) and entry.first_valid < values.size:
            assert "NaN" in entry.definition, name


def test_where_nothing_was_traded_in_its_look_back_no_feature_of_volume_has_a_value(world):
    """700 dry bars in the midst; before them, and once they have left the look-back, all is defined."""
    begin, end = 1000, 1700
    dry = pl.col("ordinal").is_between(begin, end, closed="left")
    x = changed(world, {name: pl.when(dry).then(0.0).otherwise(pl.col(name)) for name in DRY})
    for name, entry in OF_VOLUME.items():
        values, window = entry.function(x), entry.lookback
        assert window < end - begin, name
        assert np.isfinite(values[entry.first_valid : begin]).all(), name
        assert np.isfinite(values[end + window :]).all(), name
        inside = values[begin + window - 1 : end]
        assert (inside == 0.0).all() if name in AMOUNTS else np.isnan(inside).all(), name


def declares_too_much(entry, x):
    """Whether a window that is a bar shorter than the look-back gives a value."""
    return not np.isnan(entry.function(x.but(bars=x.bars[: entry.lookback - 1]))[-1])


def test_no_window_declares_more_look_back_than_it_needs(world):
    windows = [entry for entry in ENTRIES.values() if entry.lookback > 1 and entry.starts_at is None]
    assert len(windows) > 100
    assert [entry.name for entry in windows if declares_too_much(entry, world)] == []
    longer = replace(ENTRIES["rv_24"], lookback=26)
    assert declares_too_much(longer, world)


@pytest.mark.parametrize(("apart", "defined"), [(3, True), (4, False)])
def test_a_variance_ratio_has_no_standard_error_of_moves_that_are_too_far_apart(apart, defined, instrument, hours):
    """The error of lag 4 is made of products of moves 1 to 3 bars apart."""
    prices = 100.0 + np.cumsum(np.isin(np.arange(300), (200, 200 + apart)))
    flat = pl.DataFrame(dict.fromkeys(("open", "high", "low", "close"), prices))
    x = Inputs(ohlcv(flat), instrument, hours)
    assert np.isfinite(ENTRIES["variance_ratio_4_120"].function(x)[-1])
    assert np.isfinite(ENTRIES["variance_ratio_z_4_120"].function(x)[-1]) == defined


def bouncing(instrument, hours, n_walk=600, n=1200):
    """A random walk, then closes between two prices a tick apart: moves and ranges, and no new high or low."""
    steps = np.random.default_rng(3).integers(-2, 3, n_walk)
    return bars_of(
        np.concatenate([8000 + np.cumsum(steps), 8000 + steps.sum() + np.arange(n - n_walk) % 2]), instrument, hours
    )


def bars_of(ticks, instrument, hours):
    """Bars of closes in ticks, each from the close before to its own."""
    close = 0.25 * ticks
    opened = np.concatenate([close[:1], close[:-1]])
    prices = {"open": opened, "high": np.maximum(opened, close), "low": np.minimum(opened, close), "close": close}
    return Inputs(ohlcv(pl.DataFrame(prices)), instrument, hours)


@pytest.mark.parametrize("name", ["adx_14", "ta_dx", "ta_adxr"])
def test_no_directional_move_in_100_bars_is_no_direction(name, instrument, hours):
    """Wilder's +DM and -DM are 0 in every one of them, and soon their index is 0 / 0 in the look-back."""
    x, entry = bouncing(instrument, hours), ENTRIES[name]
    rows = zip(*(x.ticks(side).tolist() for side in ("high", "low")), strict=True)
    moved = [False]
    for (high_before, low_before), (high, low) in pairwise(rows):
        rise, fall = max(high - high_before, 0.0), max(low_before - low, 0.0)
        moved.append(rise != fall)
    last = max(row for row, one in enumerate(moved) if one)
    assert last in (599, 600, 601)
    values = entry.function(x)
    assert np.isfinite(values[entry.first_valid : last + 99]).all()
    assert np.isnan(values[last + 99 :]).all()


def test_a_bar_that_is_as_much_higher_as_lower_has_no_direction(instrument, hours):
    """Wilder: of the two the larger counts, and neither where they are equal."""
    high, low = np.array([10.0, 11, 11, 13, 12]), np.array([5.0, 4, 3, 2, 2])
    prices = pl.DataFrame({"open": high, "high": high, "low": low, "close": low})
    assert indicators.directed(Inputs(ohlcv(prices), instrument, hours)).tolist() == [False, False, True, True, False]


@pytest.mark.parametrize("name", ["adx_14", "plus_di_14", "minus_di_14", "ta_dx", "ta_adxr"])
def test_offline_is_online_where_prices_bounce_after_a_walk(name, instrument, hours):
    assert list(breaches([ENTRIES[name]], bouncing(instrument, hours))) == []


def test_a_hurst_exponent_is_undefined_where_moves_of_one_length_never_differ(instrument, hours):
    """Prices that bounce move at every bar, and over two bars not at all."""
    (hurst,) = (entry for name, entry in ENTRIES.items() if name.startswith("hurst"))
    values = hurst.function(bouncing(instrument, hours))
    assert np.isfinite(values[hurst.first_valid : 600]).all()
    assert np.isnan(values[-1])


ODD = {
    "level": lambda n: (
        8000 * np.where(np.arange(n) // 400 % 2, 10_000, 1) + np.random.default_rng(3).integers(-9, 9, n)
    ),
    "wild": lambda n: 8000 * np.exp(np.cumsum(np.random.default_rng(3).normal(0.0, 0.3, n)).clip(-6.0, 12.0)),
    "ramp": lambda n: 8000 + np.arange(n),
}


@pytest.mark.parametrize(("market", "name"), [("wild", "rsi_14"), ("level", "ta_cmo"), ("ramp", "ta_cycle_period")])
def test_what_fades_on_ordinary_prices_alone_is_said_to(market, name, instrument, hours):
    """The limits of the page are real: on such a market the law breaks, and the entry says that it can."""
    entry = ENTRIES[name]
    found = [breach.law for breach in breaches([entry], bars_of(ODD[market](2600), instrument, hours))]
    assert found == ["must be decided by the bars of its look-back"]
    assert entry.memory == "fading on ordinary prices"
