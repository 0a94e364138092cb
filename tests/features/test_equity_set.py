"""The 36 columns of hourly shares, macd_norm and rsi_14: their names, and their numbers by TA-Lib, pandas and tulip."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
import talib

from assay.features.build import build
from assay.features.catalogue import catalogue
from assay.features.inputs import Inputs
from assay.features.params import FeatureParams
from assay.manual.use import preset
from assay.market.instruments import Instrument
from assay.market.sessions import SessionParams
from assay.market.sessions import hours as hours_of
from assay.tables.table import TIME

from .conftest import ohlcv
from .test_technical import spy  # noqa: F401 - a fixture

NAMES = {
    "price": "return_1 log_return_1 high_low_pct open_close_pct price_acceleration return_sign",
    "time": "hour day_of_week is_market_open hour_sin hour_cos dow_sin dow_cos",
    "averages": "sma_24 sma_120 sma_480 close_to_sma_24 close_to_sma_120 close_to_sma_480 sma_cross_24_120 "
    "sma_cross_120_480",
    "technical": "bb_upper bb_lower bb_position bb_squeeze macd macd_signal macd_hist atr natr willr",
    "volatility": "rv_24 rv_120 rv_480 vol_ratio_24_120 return_var_24",
    "beside": "macd_norm rsi_14",
}
SIZES = {"price": 6, "time": 7, "averages": 8, "technical": 10, "volatility": 5, "beside": 2}
PARAMS = FeatureParams.model_validate(preset("us_equities_hourly_36")["features"])
ENTRIES = {entry.name: entry for entry in catalogue(PARAMS)}
ALL_NEW = FeatureParams.model_validate({group: {"enabled": True} for group in ("simple", "levels", "clock")})
NEW = {entry.name: entry for entry in catalogue(ALL_NEW)}
SHARE = Instrument(
    symbol="X",
    kind="equity",
    tick_size=0.01,
    zone="America/New_York",
    session_start="09:30",
    session_end="16:00",
    weekend_trading=False,
)


def test_the_preset_has_exactly_these_names():
    assert {group: len(names.split()) for group, names in NAMES.items()} == SIZES
    expected = [name for names in NAMES.values() for name in names.split()]
    assert len(expected) == 38
    assert sorted(ENTRIES) == sorted(expected)
    assert PARAMS.only == expected


def test_the_preset_of_several_shares_has_them_too_and_what_the_others_did():
    chosen = preset("us_equities_hourly")
    names = {entry.name for entry in catalogue(FeatureParams.model_validate(chosen["features"]))}
    assert {*ENTRIES} < names
    assert {"beta_120_to_aapl", "log_return_1_lag_1_of_bac", "ratio_zscore_120_to_ibm"} < names
    assert {*chosen["features"]["cross"]["symbols"], chosen["instrument"]["symbol"]} == {*chosen["data"]["symbols"]}


@pytest.fixture(scope="module")
def share():
    """600 hourly bars of a share on a grid of cents, closed on the hour, New York, 2024-01-02 10:00 onward."""
    rng = np.random.default_rng(11)
    close = 50 + np.cumsum(rng.integers(-20, 21, 600)) / 100
    first = np.concatenate([close[:1], close[:-1]])
    spread = rng.integers(1, 30, (2, 600)) / 100
    frame = pl.DataFrame(
        {"open": first, "high": np.maximum(first, close) + spread[0], "low": np.minimum(first, close) - spread[1]}
    ).with_columns(close=pl.Series(close))
    closed = pd.Timestamp("2024-01-02 10:00", tz="America/New_York").value + 3_600_000_000_000 * np.arange(600)
    bars = ohlcv(frame).with_columns(
        closed_at=pl.Series(closed).cast(TIME),
        opened_at=pl.Series(closed - 1).cast(TIME),
        session=pl.Series(closed).cast(TIME).dt.convert_time_zone("America/New_York").dt.date(),
    )
    return Inputs(bars, SHARE, hours_of(SessionParams(), SHARE))


@pytest.fixture(scope="module")
def built(share):
    return build(share.bars, PARAMS, share.instrument, share.hours)


def columns(x):
    """What TA-Lib and pandas make of the same bars."""
    h, l, c, o = x["high"], x["low"], x["close"], x["open"]
    close = pd.Series(c)
    local = pd.DatetimeIndex(x.closed_ns.view("M8[ns]")).tz_localize("UTC").tz_convert("America/New_York")
    r, lr = close.pct_change().to_numpy(), np.log(close).diff()
    top, middle, bottom = talib.BBANDS(c, 20, 2.0, 2.0)
    line, signal, difference = talib.MACD(c, 12, 26, 9)
    means = {w: talib.SMA(c, w) for w in (24, 120, 480)}
    turn = 2 * np.pi * (local.hour + local.minute / 60) / 24
    week = 2 * np.pi * local.day_of_week / 7
    minutes = local.hour * 60 + local.minute
    return {
        "return_1": r,
        "log_return_1": lr,
        "return_sign": np.sign(r),
        "price_acceleration": lr.diff(),
        "high_low_pct": (h - l) / c,
        "open_close_pct": c / o - 1,
        "hour": local.hour,
        "day_of_week": local.day_of_week,
        "is_market_open": (local.day_of_week < 5) & (minutes > 570) & (minutes <= 960),
        "hour_sin": np.sin(turn),
        "hour_cos": np.cos(turn),
        "dow_sin": np.sin(week),
        "dow_cos": np.cos(week),
        **{f"sma_{w}": values for w, values in means.items()},
        **{f"close_to_sma_{w}": c / values - 1 for w, values in means.items()},
        "sma_cross_24_120": means[24] / means[120] - 1,
        "sma_cross_120_480": means[120] / means[480] - 1,
        "bb_upper": top,
        "bb_lower": bottom,
        "bb_position": (c - bottom) / (top - bottom),
        "bb_squeeze": (top - bottom) / middle,
        "macd": line,
        "macd_signal": signal,
        "macd_hist": difference,
        "macd_norm": line / c,
        "atr": talib.ATR(h, l, c, 14),
        "natr": talib.NATR(h, l, c, 14),
        "willr": talib.WILLR(h, l, c, 14),
        **{f"rv_{w}": np.sqrt((lr**2).rolling(w).mean()) for w in (24, 120, 480)},
        "vol_ratio_24_120": np.sqrt((lr**2).rolling(24).mean() / (lr**2).rolling(120).mean()),
        "return_var_24": pd.Series(r).rolling(24).var(),
        "rsi_14": talib.RSI(c, 14),
    }


@pytest.mark.parametrize("name", ENTRIES)
def test_every_column_equals_talib_or_pandas(name, share, built):
    ours, expected = built[name].to_numpy().astype(float), np.asarray(columns(share)[name], float)
    first = ENTRIES[name].first_valid
    assert np.isnan(ours[:first]).all()
    scale = np.nanmax(np.abs(expected))
    np.testing.assert_allclose(ours[first:], expected[first:], rtol=2e-7, atol=2e-7 * scale)


def test_the_deterministic_input_of_talib_0_8_2(deterministic_levels):
    """What TA-Lib 0.8.2 gives on c = 100 + 5 sin(t/7) + .1 t."""
    expected = {
        30: {"atr": 1.87232957, "bb_upper": 108.22626846},
        50: {"atr": 1.99668177, "macd": 1.71405668, "macd_signal": 0.79410403, "macd_hist": 0.91995265},
    }
    for row, values in expected.items():
        for name, value in values.items():
            assert deterministic_levels[name][row] == pytest.approx(value, rel=2e-7), name


@pytest.fixture
def deterministic_levels(instrument, hours):
    t = np.arange(80)
    c = 100 + 5 * np.sin(t / 7) + 0.1 * t
    frame = pl.DataFrame(
        {"open": c, "high": c + 1 + 0.3 * np.cos(t / 3), "low": c - 1 - 0.3 * np.sin(t / 5), "close": c}
    )
    return build(ohlcv(frame), ALL_NEW, instrument.model_copy(update={"tick_size": 1e-6}), hours)


@pytest.mark.parametrize(
    ("name", "oracle"), [("atr", "atr"), ("bb_upper", "bbands_upper"), ("bb_lower", "bbands_lower")]
)
def test_spy_daily_equals_the_tulip_library(name, oracle, spy):  # noqa: F811 - a fixture
    x, arrays = spy
    expected = arrays[oracle]
    np.testing.assert_allclose(NEW[name].function(x)[-expected.size :], expected, rtol=1e-9, atol=1e-7)


def test_averages_and_variance_of_spy_daily_equal_the_tulip_library(spy):  # noqa: F811 - a fixture
    x, arrays = spy
    tick = x.instrument.tick_size
    n = arrays["sma"].size
    np.testing.assert_allclose(x.mean("close", 20)[-n:] * tick, arrays["sma"], rtol=1e-12)
    np.testing.assert_allclose(x.std("close", 20)[-n:] * tick, arrays["stddev"], rtol=1e-5)
    np.testing.assert_allclose((x.std("close", 20)[-n:] * tick) ** 2, arrays["var"], rtol=1e-5)


def test_hours_of_the_instrument_tell_regular_from_extended_trading(share):
    """Bars end on the half hour, from 09:00 to 17:00: those that end after 09:30 and not after 16:00 are open."""
    half = 1_800_000_000_000
    closed = pd.Timestamp("2024-01-02 09:00", tz="America/New_York").value + half * np.arange(17)
    bars = share.bars[:17].with_columns(closed_at=pl.Series(closed).cast(TIME))
    told = NEW["is_market_open"].function(Inputs(bars, SHARE, share.hours))
    assert told.tolist() == [0, 0, *[1] * 13, 0, 0]


def test_the_change_to_summer_time_moves_the_hour(share):
    closed = pd.DatetimeIndex(["2024-03-08 15:00", "2024-03-11 15:00"], tz="UTC").as_unit("ns").asi8
    bars = share.bars[:2].with_columns(closed_at=pl.Series(closed).cast(TIME))
    assert NEW["hour"].function(Inputs(bars, SHARE, share.hours)).tolist() == [10.0, 11.0]


def test_a_close_that_stands_still_has_sign_0_and_no_variance(share):
    rest = share.bars.with_columns(pl.lit(50.0).alias(name) for name in ("open", "high", "low", "close"))
    x = Inputs(rest, SHARE, share.hours)
    assert (NEW["return_sign"].function(x)[1:] == 0.0).all()
    assert (NEW["return_var_24"].function(x)[24:] == 0.0).all()
    assert NEW["bb_upper"].function(x)[-1] == NEW["bb_lower"].function(x)[-1] == pytest.approx(50.0, rel=1e-15)
