"""Bars that say little: one bar, constant prices, equal instants, no quotes, gaps; an error or a documented answer."""

import numpy as np
import polars as pl
import pytest

from assay.errors import DataError
from assay.labels.build import build
from assay.labels.params import LabelParams
from assay.tables.bars import BARS
from assay.tables.labels import LABELS

METHODS = ["triple_barrier", "fixed_horizon", "trend_scanning"]
SIZINGS = ["volatility", "atr", "daily", "spread", "ticks"]


def params(method="triple_barrier", **barriers):
    return LabelParams.model_validate({"method": method, "dead_zone": 1.0, "triple_barrier": barriers})


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("sizing", SIZINGS)
@pytest.mark.parametrize("n_bars", [1, 2, 40])
def test_too_few_bars_are_one_line_that_says_what_was_dropped(make_bars, instrument, method, sizing, n_bars):
    prices = 100 + 0.25 * (np.arange(n_bars) % 3)
    with pytest.raises(DataError, match=rf"^labels: .*; found n_bars {n_bars}, n_events {n_bars}, .*; take more bars"):
        build(make_bars(*[prices] * 4), params(method, sizing=sizing), instrument)


@pytest.mark.parametrize("method", METHODS)
def test_a_horizon_longer_than_the_data_and_no_barrier_decides_nothing(walk_bars, instrument, method):
    far = params(method, sizing="ticks", tp_ticks=0, sl_ticks=0, max_horizon_bars=100_000)
    with pytest.raises(DataError, match="n_censored 400"):
        build(walk_bars(1, 400), far, instrument)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("sizing", ["volatility", "atr", "daily", "ticks"])
def test_prices_that_stand_still_have_labels_of_nought_and_returns_of_nought(make_bars, instrument, method, sizing):
    n = 3000
    labels, _ = build(make_bars(*np.full((4, n), 100.0)), params(method, sizing=sizing), instrument)
    LABELS.check(labels, "labels")
    assert labels.height > 1000
    assert (labels["label"] == 0).all()
    assert labels["long_return"].abs().max() == labels["short_return"].abs().max() == 0
    assert set(labels["long_exit"]) == {"vertical"}


@pytest.mark.parametrize("method", METHODS)
def test_bars_that_close_at_the_same_instant_are_still_one_after_the_other(walk_bars, instrument, method):
    """Ordinals tell the order, not clocks: equal times change the times of the labels and nothing else."""
    bars = walk_bars(7, 600)
    at = bars["closed_at"].gather(np.arange(600) // 5 * 5)
    ours, same = (build(frame, params(method), instrument)[0] for frame in (bars, bars.with_columns(closed_at=at)))
    assert LABELS.check(same, "labels").drop("t0", "t1").equals(ours.drop("t0", "t1"))


def test_bars_without_a_quote_are_no_events_where_the_spread_sizes_and_are_counted(walk_bars, instrument):
    bars = walk_bars(7, 300)
    quoted = bars.with_columns(spread_mean=pl.Series(np.where(np.arange(300) % 3, 0.5, np.nan)))
    labels, report = build(quoted, params(sizing="spread"), instrument)
    assert report["n_without_volatility"] == 100
    assert (labels["ordinal"] % 3 > 0).all()
    with pytest.raises(DataError, match="spread needs quotes"):
        build(bars.with_columns(spread_mean=pl.lit(np.nan)), params(sizing="spread"), instrument)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_prices_that_are_not_finite_do_not_come_this_far(walk_bars, wrong):
    """The table of bars refuses them when it is read and written."""
    bars = walk_bars(7, 60).with_columns(
        close=pl.when(pl.col("ordinal") == 30).then(wrong).otherwise("close"),
        high=pl.when(pl.col("ordinal") == 30).then(wrong).otherwise("high"),
    )
    with pytest.raises(DataError, match=r"row 30|prices are from"):
        BARS.check(bars, "bars")


@pytest.mark.parametrize("tick", [0.001, 0.01, 0.05, 0.1, 0.25])
@pytest.mark.parametrize("base", [100, 43_210])
def test_a_move_of_just_the_dead_zone_is_0_in_every_decimal(make_bars, instrument, tick, base):
    """In whole ticks the rule has no doubt; in binary a move of 3 ticks is more or less than 3 times a tick."""
    ticks = round(base / tick) + np.random.default_rng(2).integers(-2, 3, 800).cumsum()
    barriers = {"sizing": "ticks", "max_horizon_bars": 5, "min_horizon_bars": 1}
    chosen = {"method": "fixed_horizon", "dead_zone": 3, "triple_barrier": barriers}
    market = instrument.model_copy(update={"tick_size": tick})
    labels, _ = build(make_bars(*[ticks * tick] * 4), LabelParams.model_validate(chosen), market)
    moved = ticks[labels["long_end"].to_numpy()] - ticks[labels["ordinal"].to_numpy() + 1]
    assert np.count_nonzero(np.abs(moved) == 3) > 30
    assert labels["label"].to_list() == np.where(np.abs(moved) > 3, np.sign(moved), 0).tolist()


NUMBERS = [name for name, column in BARS.columns.items() if column.dtype == pl.Float64]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("wrong", [np.inf, -np.inf])
def test_no_column_of_bars_holds_an_infinity(walk_bars, name, wrong):
    """A quotient by it would be a silent 0."""
    bars = walk_bars(7, 60)
    spoilt = bars.with_columns(pl.when(pl.col("ordinal") == 30).then(wrong).otherwise(pl.col(name)).alias(name))
    with pytest.raises(DataError, match=r"^bars: bars: .*; found 1 of 60 rows, the first is row 30"):
        BARS.check(spoilt, "bars")
