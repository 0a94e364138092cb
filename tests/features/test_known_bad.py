"""Defects of mlfinlab, mlfinpy and of common shortcuts, computed beside ours: they are reproduced, and ours differ."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.stats import norm

from assay.features import indicators, variation
from assay.features.catalogue import catalogue
from assay.features.inputs import Inputs
from assay.features.microstructure import ranges, signed
from assay.features.params import FeatureParams
from assay.stats import rolling

from .conftest import ohlcv
from .test_microstructure import VPIN_W20_OVER_CURRENT_VOLUME
from .test_ta import line
from .test_technical import STOCKCHARTS_CLOSES, STOCKCHARTS_RSI_14, deterministic, inputs  # noqa: F401 - a fixture

PLAIN = {entry.name: entry for entry in catalogue(FeatureParams())}


@pytest.fixture(scope="module")
def dollar_bars(shared, instrument, hours):
    frame = pl.read_csv(shared / "mlfinpy" / "dollar_bar_sample.csv")
    return Inputs(ohlcv(frame.with_columns(volume=pl.col("cum_vol").cast(pl.Float64))), instrument, hours)


def test_known_bad_yang_zhang_from_the_open_before_and_without_means(dollar_bars, shared):
    """mlfinlab and mlfinpy: the bar's move is log(C_t / O_(t-1)), and no mean is taken off; .00162001 on average."""
    o, h, l, c = (pd.Series(dollar_bars[name]) for name in ("open", "high", "low", "close"))
    gap, moved = np.log(o / c.shift()), np.log(c / o.shift())
    ranged = np.log(h / c) * np.log(h / o) + np.log(l / c) * np.log(l / o)
    k = 0.34 / (1.34 + 21 / 19)
    defective = (gap**2 + k * moved**2 + (1 - k) * ranged).rolling(20).sum().div(19) ** 0.5
    theirs = pl.read_csv(shared / "mlfinpy" / "expected" / "dollar_range_vols_w20.csv")["yang_zhang"].to_numpy()
    np.testing.assert_allclose(defective, theirs, rtol=1e-9)
    assert np.nanmean(theirs) == pytest.approx(0.00162001, abs=1e-8)
    ours = variation.yang_zhang(dollar_bars, 20)
    known = np.isfinite(ours) & np.isfinite(theirs)
    assert np.median(np.abs(theirs / ours - 1)[known]) > 0.02


def test_known_bad_vpin_over_the_current_volume_is_up_to_nine_thousandths_off(dollar_bars):
    """mlfinlab: the mean imbalance of 20 bars over the volume of the last one; no share, so nothing bounds it by 1."""
    volume, step = pd.Series(dollar_bars["volume"]), pd.Series(dollar_bars["close"]).diff()
    uneven = (2 * norm.cdf(step / step.rolling(20).std()) - 1) * volume
    defective = uneven.abs().rolling(20).mean() / volume
    found = {"max": defective.max(), "mean": defective.mean(), "row 45": defective[45]}
    assert found == pytest.approx(VPIN_W20_OVER_CURRENT_VOLUME, abs=1e-6)
    ours = signed.vpin_bulk(dollar_bars, 20, 20)
    assert np.nanmax(np.abs(ours - defective)) == pytest.approx(0.0090, abs=5e-5)


def test_known_bad_relative_strength_that_starts_from_one_change(instrument, hours):
    """An exponential mean from the first change on says 50.75 where Wilder's, from the mean of 14, says 70.53."""
    closes = np.array(STOCKCHARTS_CLOSES)
    change = pd.Series(closes).diff()
    up, down = (part.clip(lower=0).ewm(alpha=1 / 14, adjust=False).mean() for part in (change, -change))
    assert 100 - 100 / (1 + up[14] / down[14]) == pytest.approx(50.75, abs=0.005)
    ours = indicators.rsi(
        inputs(pl.DataFrame(dict.fromkeys(("open", "high", "low", "close"), closes)), instrument, hours), 14, 400
    )
    np.testing.assert_allclose(ours[14:], STOCKCHARTS_RSI_14, atol=0.006)


def test_known_bad_bands_of_the_sample_deviation_are_wider(deterministic):  # noqa: F811 - a fixture
    """pandas' std is ddof 1: its upper band is not TA-Lib's 108.22626846."""
    t = np.arange(80)
    close = pd.Series(100 + 5 * np.sin(t / 7) + 0.1 * t)
    mean, ours = close.rolling(20).mean()[30], deterministic["bb_squeeze"][30]
    assert mean * (1 + ours / 2) == pytest.approx(108.22626846, rel=1e-6)
    assert mean + 2 * close.rolling(20).std()[30] > 108.22626846 + 0.05
    assert mean + 2 * close.rolling(20).std(ddof=0)[30] == pytest.approx(108.22626846, rel=1e-9)


def test_roll_variance_of_changes_holds_the_bounce_twice(instrument, hours):
    """var = sigma^2 + 2 c^2, cov = -c^2: a volatility of trade prices is not that of the mid; here 1.5 of 1."""
    rng, n, c = np.random.default_rng(13), 100_000, 0.5
    price = 1e4 + np.cumsum(rng.standard_normal(n)) + c * rng.choice([-1, 1], n)
    found = rolling.variance(np.diff(price), n - 1)[-1]
    assert found == pytest.approx(1.5, abs=4 * 1.5 * np.sqrt(2 / n))
    x = inputs(pl.DataFrame(dict.fromkeys(("open", "high", "low", "close"), price)), instrument, hours)
    assert ranges.roll(x, n - 2)[-1] == pytest.approx(2 * c, abs=0.03)


@pytest.mark.parametrize(("row", "expected"), [(30, 101.52932416), (50, 103.99192301)])
def test_deterministic_exponential_average_of_talib_0_8_2(row, expected, instrument, hours):
    x = smooth(instrument, hours)
    away = line("EMA", form="away", timeperiod=20).values(x, 80)
    assert x["close"][row] / (1 + away[row]) == pytest.approx(expected, rel=1e-8)


def test_deterministic_stochastic_of_talib_0_8_2(instrument, hours):
    assert PLAIN["stoch_k"].function(smooth(instrument, hours))[30] == pytest.approx(9.95412452, rel=1e-6)


def smooth(instrument, hours):
    t = np.arange(80)
    c = 100 + 5 * np.sin(t / 7) + 0.1 * t
    high, low = c + 1 + 0.3 * np.cos(t / 3), c - 1 - 0.3 * np.sin(t / 5)
    bars = ohlcv(pl.DataFrame({"open": c, "high": high, "low": low, "close": c}))
    return Inputs(bars, instrument.model_copy(update={"tick_size": 1e-6}), hours)
