"""Barrier distances: whole ticks, none where switched off, NaN before they are known."""

import numpy as np
import polars as pl
import pytest
import talib

from assay.errors import DataError
from assay.labels.params import TripleBarrierParams
from assay.labels.volatility import daily_volatility
from assay.labels.widths import widths

TICK = 0.25


@pytest.fixture(scope="module")
def bars(walk_bars):
    return walk_bars(seed=1, n_bars=3000)


def test_ticks(bars):
    tp, sl = widths(bars, TripleBarrierParams(sizing="ticks", tp_ticks=12, sl_ticks=0), TICK)
    assert (tp == 3.0).all()
    assert np.isposinf(sl).all()


def test_volatility_is_a_multiple_of_the_deviation_of_the_last_moves_in_whole_ticks(bars):
    tp, sl = widths(bars, TripleBarrierParams(tp_sigmas=3.0, sl_sigmas=1.5), TICK)
    assert np.isnan(tp[:50]).all()
    close = bars["close"].to_numpy()
    for i in (50, 777, 2999):
        sigma = np.std(np.diff(close[i - 50 : i + 1]), ddof=1)
        assert (tp[i], sl[i]) == (round(3 * sigma / TICK) * TICK, round(1.5 * sigma / TICK) * TICK)


def test_average_true_range(bars):
    tp, _ = widths(bars, TripleBarrierParams(sizing="atr", tp_sigmas=2.0, volatility_window=14), TICK)
    atr = talib.ATR(*(bars[name].to_numpy() for name in ("high", "low", "close")), 14)
    np.testing.assert_allclose(tp, np.rint(2 * atr / TICK) * TICK)


def test_daily_volatility_is_a_share_of_the_price(bars):
    params = TripleBarrierParams(sizing="daily", tp_sigmas=1.0, sl_sigmas=0.0, volatility_window=100)
    tp, sl = widths(bars, params, 0.01)
    closed_at, close = bars["closed_at"].to_physical().to_numpy(), bars["close"].to_numpy()
    expected = daily_volatility(closed_at, close, 100) * close
    assert np.isnan(expected[:1442]).all()
    np.testing.assert_allclose(tp, expected, atol=0.00500001)
    np.testing.assert_array_equal(np.isinf(sl), np.isfinite(expected))


@pytest.mark.parametrize("tick", [0.05, 0.25, 0.01, 1e-5])
def test_half_a_tick_is_rounded_up_whatever_the_decimals_of_the_tick(bars, tick):
    """A market in whole ticks: spreads of 1, 3, 5, 7 ticks times a half are .5, 1.5, 2.5 and 3.5 ticks."""
    quoted = bars[:4].with_columns(spread_mean=pl.Series([1, 3, 5, 7]) * tick)
    tp, _ = widths(quoted, TripleBarrierParams(sizing="spread", tp_sigmas=0.5), tick)
    np.testing.assert_allclose(tp / tick, [1, 2, 3, 4], rtol=1e-9)


def test_smallest_distance_in_a_market_that_stands_still(make_bars):
    flat = np.full(60, 100.0)
    tp, sl = widths(make_bars(flat, flat, flat, flat), TripleBarrierParams(min_ticks=2), TICK)
    assert (tp[50:] == 0.5).all()
    assert (sl[50:] == 0.5).all()


@pytest.mark.parametrize("sizing", ["volatility", "atr", "daily", "spread", "ticks"])
def test_law_a_distance_is_known_at_its_own_bar(bars, sizing):
    params = TripleBarrierParams(sizing=sizing)
    full = widths(bars, params, TICK)
    for cut in range(300, 3000, 300):
        np.testing.assert_array_equal(widths(bars[:cut], params, TICK), [distance[:cut] for distance in full])


def test_spread_is_a_multiple_of_the_mean_spread_of_the_bar(bars):
    spread = np.tile([0.25, 0.5, np.nan, 0.0, 0.3], 600)
    quoted = bars.with_columns(spread_mean=spread)
    tp, sl = widths(quoted, TripleBarrierParams(sizing="spread", tp_sigmas=4.0, sl_sigmas=0.0, min_ticks=2), TICK)
    np.testing.assert_array_equal(tp[:5], [1.0, 2.0, np.nan, 0.5, 1.25])
    np.testing.assert_array_equal(sl[:5], [np.inf, np.inf, np.nan, np.inf, np.inf])


def test_spread_is_not_known_of_trades(bars):
    trades = bars.with_columns(spread_mean=np.full(bars.height, np.nan))
    with pytest.raises(DataError, match="spread needs quotes; found bars of trades only; take a source of quotes"):
        widths(trades, TripleBarrierParams(sizing="spread"), TICK)


@pytest.mark.parametrize("sizing", ["volatility", "atr", "spread"])
@pytest.mark.parametrize("scale", [0.25, 64.0])
def test_law_distances_scale_with_prices(bars, sizing, scale):
    params = TripleBarrierParams(sizing=sizing)
    columns = ("open", "high", "low", "close", "spread_mean")
    scaled = bars.with_columns(pl.col(name) * scale for name in columns)
    for plain, other in zip(widths(bars, params, TICK), widths(scaled, params, scale * TICK), strict=True):
        np.testing.assert_array_equal(scale * plain, other)
